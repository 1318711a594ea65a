"""The parts that screens are made of; import the module that holds the part."""
