/** When the host is bad, in per cent: the probe's verdict and the detector's findings go by the same numbers. */

/** Memory used up, where everything also waits for it for so much of the time. */
export const MEMORY_PERCENT = 95;
export const STALLED_PERCENT = 10;
/** Used up whatever else is so: the kernel ends a process next. */
export const MEMORY_END_PERCENT = 98;
/** A disk with so many files left is no problem, however small a part of all that is. */
export const FEW_INODES = 10_000;
/** Of the machine's, all processes together. */
export const DESCRIPTORS_PERCENT = 90;
