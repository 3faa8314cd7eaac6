"""The kinds of array the engine works on."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
"""Ascending numbers of sections or rows of documents, ready to index with."""

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Array = npt.NDArray[Any]

NONE: Ints = np.empty(0, np.int64)
