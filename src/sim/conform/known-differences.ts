/**
 * Cases in which the lab is known to differ from Linux, and why. They are run and reported as failed;
 * the reason is told beside them. An entry whose case passes is reported too, so that it gets removed.
 */
export const KNOWN_DIFFERENCES: Readonly<Record<string, string>> = {
  'tun-mtu-pmtu-disc-0':
    'The recording made copies of the frames, and the kernel hands a packet that shares its memory with a copy on by another queue (gro_cells_receive): two packets put together from pieces came behind a later whole one.',
};
