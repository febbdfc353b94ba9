"""What the extension runs inside LibreOffice, whose Python has none of our packages."""
