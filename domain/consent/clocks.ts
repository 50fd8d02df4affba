/**
 * Meta tells when a message was written, in whole seconds of its clock; websms and the company's own doings have ours. Clocks differ by
 * seconds, and by a minute or so on a machine that nobody looks after.
 */
export const CLOCKS_DIFFER_BY_MS = 2 * 60_000;
