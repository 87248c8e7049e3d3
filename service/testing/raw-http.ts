/** Requests as nobody's library would send them. */
import { connect, type NetConnectOpts } from 'node:net'

export interface RawAnswer {
  status: number
  headers: Record<string, string>
  body: string
}

/** Sends these bytes, reads to the end of the connection. A body is given as it came, chunks and all. */
export async function sendRaw(to: NetConnectOpts, text: string | Buffer): Promise<RawAnswer> {
  const socket = connect(to)
  socket.write(text)
  const chunks: Buffer[] = []
  await new Promise<void>((resolve) => {
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('close', () => resolve())
    // a server that refuses a long request may reset the connection after its answer
    socket.on('error', () => undefined)
  })
  const answer = Buffer.concat(chunks).toString('utf8')
  const [head = '', ...rest] = answer.split('\r\n\r\n')
  const [first = '', ...lines] = head.split('\r\n')
  return {
    status: Number(first.split(' ')[1] ?? 0),
    headers: Object.fromEntries(lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.slice(line.indexOf(':') + 1).trim()])),
    body: rest.join('\r\n\r\n'),
  }
}

/** The bytes of a request with these headers; `connection: close` unless said otherwise. */
export function rawRequest(line: string, headers: Record<string, string>, body = ''): string {
  const all = { connection: 'close', ...headers }
  return `${line} HTTP/1.1\r\n${Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}
