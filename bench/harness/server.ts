/**
 * What the tunnel benchmark talks to, inside a container: as little as a server can do, so that what is measured is the
 * way to it. Answers on 8080:
 *
 *     GET /        12 bytes, on a connection that stays open
 *     GET /bytes   bytes without end
 *     PUT /        reads what comes, without end
 */
import { createServer, type Socket } from 'node:net'

const answer = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\nhello world\n')
const head = Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n')
const block = Buffer.alloc(256 * 1024, 'x')

createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => socket.destroy())
  socket.once('data', (first) => {
    if (first.includes('GET /bytes')) pour(socket)
    else if (first.includes('PUT /')) socket.resume()
    else converse(socket, first)
  })
}).listen(8080, '0.0.0.0')

function pour(socket: Socket): void {
  const fill = (): void => { while (socket.writable && socket.write(block)); }
  socket.write(head)
  socket.on('drain', fill)
  fill()
}

/** Requests are short: one comes in one piece. */
function converse(socket: Socket, first: Buffer): void {
  socket.write(answer)
  socket.on('data', () => void socket.write(answer))
  if (first.includes('Connection: close')) socket.end()
}

// the first process of a container ends by no signal that it does not ask for
process.once('SIGTERM', () => process.exit(0))
