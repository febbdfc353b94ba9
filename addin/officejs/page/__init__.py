"""The page that plans one trade, as far as it is Python: typed fields in, answers and words out."""
