"""The engines that are measured, one a module, each with the verbs of `common.Measured`."""
