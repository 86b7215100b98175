/**
 * The kernel's errors in ipvsadm's words.
 * Comes from: run.ts.
 * Source: ipvsadm 1.31 libipvs, ipvs_strerror().
 */
import type { CtlError, DaemonError } from '../../../ipvs/index.ts';

/** Which call failed: some errors read differently after different calls. */
export type Call = 'service' | 'add-service' | 'dest' | 'start-daemon' | 'stop-daemon' | 'laddr';

export function errorText(call: Call, error: CtlError | DaemonError): string {
  switch (error) {
    case 'EEXIST':
      if (call === 'dest') return 'Destination already exists';
      if (call === 'laddr') return 'Local address already exists';
      return call === 'start-daemon' ? 'Daemon has already run' : 'Service already exists';
    case 'ENOENT':
      if (call === 'dest') return 'No such destination';
      return call === 'laddr' ? 'No such local address' : 'Scheduler or persistence engine not found';
    case 'ESRCH':
      if (call === 'dest' || call === 'laddr') return 'Service not defined';
      return call === 'stop-daemon' ? 'No daemon is running' : 'No such service';
    case 'EINVAL':
      return 'Invalid operation.  Possibly wrong module version, address not unicast, ...';
    case 'ERANGE':
      return 'Numerical result out of range';
    case 'EADDRNOTAVAIL':
      return 'Cannot assign requested address';
    case 'ENODEV':
      return 'No such device';
  }
}
