/** The capture room: frames as tcpdump prints them, as files hold them, as filters choose them. */
export * from './canonical.ts';
export * from './filter.ts';
export * from './pcapng.ts';
export * from './tcpdump.ts';
export * from './tcpdump-hex.ts';
