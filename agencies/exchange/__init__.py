"""Tables in and out of the portal, as CSV and XLSX: what all apps' resources share."""
