"""The Office.js add-in in headless Chromium, through Microsoft's runtime for custom functions."""
