"""Above the regencies: from printers and makers by ports to the warehouses."""
