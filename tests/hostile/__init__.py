"""Files made to do harm: each is refused in words or handled, in bounded time and memory."""
