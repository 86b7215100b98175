/**
 * Cases in which the lab is known to differ from Linux, and why. They are run and reported as failed;
 * the reason is told beside them. An entry whose case passes is reported too, so that it gets removed.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {};
