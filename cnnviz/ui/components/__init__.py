"""What is drawn on pages: pictures of the browser, tables and steppers; no component knows a page."""
