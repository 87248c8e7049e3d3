import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'

/** A record of an answer: how long it may be kept, s, and what it says. */
export type NameRecord = { a: string, ttl?: number } | { cname: string, ttl?: number }
/** What a server says to a question, `before` of which came for the same name: records, a code without any, bytes as they are, or nothing. */
export type NameReply = { records: readonly NameRecord[], isCut?: boolean } | { code: number } | { bytes: readonly Buffer[] } | null
export type NameTeller = (name: string, before: number, question: Buffer) => NameReply

/** A name server that tells what a test wants, and remembers what it was asked. Messages: RFC 1035, 4. */
export class NameServer {
  readonly asked: { name: string, type: number }[] = []
  readonly #socket: Socket
  #tell: NameTeller = () => ({ code: 3 })

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('message', (question, { address, port }) => {
      const name = nameIn(question)
      const before = this.asked.filter((one) => one.name === name).length
      this.asked.push({ name, type: question.readUInt16BE(12 + name.length + 2) })
      for (const answer of messages(question, this.#tell(name, before, question))) socket.send(answer, port, address)
    })
  }

  static async open(address: string, port = 53): Promise<NameServer> {
    const socket = createSocket('udp4').bind(port, address)
    await once(socket, 'listening')
    return new NameServer(socket)
  }

  /** From now on, and as if nothing had been asked. */
  tell(tell: NameTeller): void {
    this.asked.length = 0
    this.#tell = tell
  }

  close(): void {
    this.#socket.close()
  }
}

export function question(name: string, type = 1, id = 0x1234): Buffer {
  const head = Buffer.from([id >> 8, id & 255, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
  return Buffer.concat([head, labels(name), Buffer.from([0, type, 0, 1])])
}

/** Code and addresses of an answer as the guard makes them: one question, records of sixteen bytes. */
export function readAnswer(answer: Buffer): { code: number, addresses: string[], ttls: number[] } {
  const records = answer.readUInt16BE(6)
  const from = answer.length - records * 16
  const each = Array.from({ length: records }, (_, at) => answer.subarray(from + at * 16, from + at * 16 + 16))
  return { code: answer.readUInt8(3) & 15, addresses: each.map((record) => record.subarray(12).join('.')), ttls: each.map((record) => record.readUInt32BE(6)) }
}

function labels(name: string): Buffer {
  return Buffer.concat([...name.split('.').map((label) => Buffer.concat([Buffer.of(label.length), Buffer.from(label)])), Buffer.of(0)])
}

function nameIn(message: Buffer): string {
  const parts: string[] = []
  for (let at = 12; message[at] !== undefined && message[at] !== 0; at += 1 + (message[at] ?? 0)) parts.push(message.subarray(at + 1, at + 1 + (message[at] ?? 0)).toString('latin1'))
  return parts.join('.')
}

function messages(asked: Buffer, reply: NameReply): readonly Buffer[] {
  if (reply === null) return []
  if ('bytes' in reply) return reply.bytes
  const records = 'records' in reply ? reply.records : []
  const end = 12 + nameIn(asked).length + 2 + 4
  const head = Buffer.from(asked.subarray(0, 12))
  head.writeUInt16BE(0x8180 | ('code' in reply ? reply.code : 0) | ('isCut' in reply && reply.isCut ? 0x200 : 0), 2)
  head.writeUInt16BE(records.length, 6)
  head.writeUInt32BE(0, 8)
  let owner: Buffer = Buffer.from([0xc0, 12])
  const bodies = records.map((record) => {
    const data = 'a' in record ? Buffer.from(record.a.split('.').map(Number)) : labels(record.cname)
    const about = Buffer.alloc(10)
    about.writeUInt16BE('a' in record ? 1 : 5, 0)
    about.writeUInt16BE(1, 2)
    about.writeUInt32BE(record.ttl ?? 300, 4)
    about.writeUInt16BE(data.length, 8)
    const body = Buffer.concat([owner, about, data])
    if ('cname' in record) owner = data
    return body
  })
  return [Buffer.concat([head, asked.subarray(12, end), ...bodies])]
}
