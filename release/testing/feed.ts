/** A feed on loopback that can be a bad one. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface ServedFile {
  body: Uint8Array
  /** The connection stays open and silent after so many bytes. */
  stallAfter?: number
  /** The connection breaks after so many bytes. */
  cutAfter?: number
  /** It never ends. */
  endless?: boolean
}

export interface TestFeed {
  readonly url: string
  readonly files: Map<string, ServedFile>
  /** Each request, with the range that it asked for. */
  readonly requests: { name: string, range: string | undefined }[]
  /** False: a server that knows no ranges. */
  knowsRanges: boolean
  /** Bytes of files that went out. */
  sentBytes: number
  put(name: string, body: Uint8Array | string, trouble?: Omit<ServedFile, 'body'>): void
  close(): void
}

export async function startFeed(): Promise<TestFeed> {
  const server = createServer((request, response) => answer(feed, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const feed: TestFeed = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    files: new Map(), requests: [], knowsRanges: true, sentBytes: 0,
    put: (name, body, trouble = {}) => void feed.files.set(name, { body: typeof body === 'string' ? Buffer.from(body) : body, ...trouble }),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
  return feed
}

function answer(feed: TestFeed, request: IncomingMessage, response: ServerResponse): void {
  const name = decodeURIComponent((request.url ?? '/').split('?')[0]?.slice(1) ?? '')
  const { range } = request.headers
  feed.requests.push({ name, range })
  const file = feed.files.get(name)
  if (file === undefined) {
    response.writeHead(404).end()
    return
  }
  if (file.endless === true) {
    sendForEver(file.body, response)
    return
  }
  const { body } = file
  const spans = feed.knowsRanges && range !== undefined ? spansOf(range, body.length) : null
  const first = spans?.[0]
  if (spans === null || first === undefined) {
    sendWhole(feed, file, response)
    return
  }
  if (spans.length > 1) {
    sendSpans(feed, spans, body, response)
    return
  }
  const piece = body.subarray(first.from, first.to + 1)
  response.writeHead(206, { 'content-range': `bytes ${first.from}-${first.to}/${body.length}`, 'content-length': piece.length })
  feed.sentBytes += piece.length
  response.end(piece)
}

interface Span { from: number, to: number }

function spansOf(range: string, length: number): Span[] {
  return range.replace('bytes=', '').split(',').map((each) => {
    const [from = '0', to = ''] = each.trim().split('-')
    // `-4`: the last four
    if (from === '') return { from: Math.max(0, length - Number(to)), to: length - 1 }
    return { from: Number(from), to: to === '' ? length - 1 : Number(to) }
  })
}

function sendWhole(feed: TestFeed, { body, stallAfter, cutAfter }: ServedFile, response: ServerResponse): void {
  response.writeHead(200, { 'content-length': body.length })
  const end = stallAfter ?? cutAfter
  feed.sentBytes += end ?? body.length
  if (end === undefined) response.end(body)
  else response.write(body.subarray(0, end), () => { if (cutAfter !== undefined) response.destroy() })
}

/** As servers answer electron-updater's differential download. */
function sendSpans(feed: TestFeed, spans: readonly Span[], body: Uint8Array, response: ServerResponse): void {
  const boundary = 'PART'
  const parts = spans.flatMap(({ from, to }) => [Buffer.from(`\r\n--${boundary}\r\nContent-Type: application/octet-stream\r\nContent-Range: bytes ${from}-${to}/${body.length}\r\n\r\n`), body.subarray(from, to + 1)])
  const all = Buffer.concat([...parts, Buffer.from(`\r\n--${boundary}--\r\n`)])
  feed.sentBytes += all.length
  response.writeHead(206, { 'content-type': `multipart/byteranges; boundary=${boundary}`, 'content-length': all.length }).end(all)
}

function sendForEver(body: Uint8Array, response: ServerResponse): void {
  response.writeHead(200)
  const more = (): void => {
    while (!response.destroyed && response.write(body)) { /* until it is full */ }
    if (!response.destroyed) response.once('drain', more)
  }
  more()
}
