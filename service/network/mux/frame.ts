/** Yamux framing (hashicorp/yamux `spec.md`, libp2p/specs `yamux/README.md`): a 12-byte header, then a body for data. */

export const headerBytes = 12
/** What either side may send on a new channel before it hears of more, bytes. */
export const initialWindowBytes = 256 * 1024

export const frameTypes = { data: 0, windowUpdate: 1, ping: 2, goAway: 3 } as const
export const frameFlags = { none: 0, syn: 1, ack: 2, fin: 4, rst: 8 } as const
export const goAwayReasons = { normal: 0, protocolError: 1 } as const

export interface Header {
  type: number
  flags: number
  /** 0 is the session itself. */
  channelId: number
  /** Bytes that follow (data), bytes of window (windowUpdate), opaque value (ping), reason (goAway). */
  length: number
}

/** The peer does not speak yamux, or breaks its rules: the connection ends. */
export class FrameError extends Error {
  override readonly name = 'FrameError'
}

export function readHeader(bytes: Buffer, offset: number): Header {
  const type = bytes.readUInt8(offset + 1)
  if (bytes.readUInt8(offset) !== 0) throw new FrameError('a frame of another version')
  if (type > frameTypes.goAway) throw new FrameError('a frame of an unknown type')
  return { type, flags: bytes.readUInt16BE(offset + 2), channelId: bytes.readUInt32BE(offset + 4), length: bytes.readUInt32BE(offset + 8) }
}

export function writeHeader(bytes: Buffer, offset: number, type: number, flags: number, channelId: number, length: number): void {
  bytes.writeUInt16BE(type, offset)
  bytes.writeUInt16BE(flags, offset + 2)
  bytes.writeUInt32BE(channelId, offset + 4)
  bytes.writeUInt32BE(length, offset + 8)
}
