"""Views that pages are made of: browser components, tables and steppers; none of them knows a page."""
