"""What is wrong with a schema: one kind of fault in each file, found in any schema that is within bounds."""
