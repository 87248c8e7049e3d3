import { event } from '../base/events.ts'
import type { Header, RequestPaused } from '../chromium/protocol.ts'
import { handlerOf, isCustom, toInner, toOuter } from './protocol.ts'
import { WebRequestDouble } from './web-request.ts'

/** What answering a request needs of the page that made it. */
interface RequestingPage {
  contents: Electron.WebContents
  webRequest: WebRequestDouble
  send(method: string, params: object): Promise<unknown>
  /** Whether main itself asked for this document. */
  isExpected: (paused: RequestPaused) => boolean
  isMainFrame: (frameId: string) => boolean
}

/** Every request of a page stops here, before it leaves and, where it leaves, when its answer comes. */
export async function answer(paused: RequestPaused, page: RequestingPage): Promise<void> {
  if (paused.responseStatusCode !== undefined || paused.responseErrorReason !== undefined) await onResponse(paused, page)
  else await onRequest(paused, page)
}

async function onRequest(paused: RequestPaused, page: RequestingPage): Promise<unknown> {
  const url = toOuter(paused.request.url)
  // Electron does not ask for one.
  if (paused.resourceType === 'Other' && url.endsWith('/favicon.ico')) return await fulfil(paused, page, { code: 204, headers: [], body: Buffer.alloc(0) })
  if (isPrevented(paused, url, page)) return await fail(paused, page, 'Aborted')
  const { cancel, redirectURL } = await WebRequestDouble.askBeforeRequest(page.webRequest, details(paused, url, page))
  if (cancel === true) return await fail(paused, page, 'BlockedByClient')
  if (redirectURL !== undefined) return await fulfil(paused, page, { code: 307, headers: [{ name: 'location', value: toInner(redirectURL) }], body: Buffer.alloc(0) })

  const handler = handlerOf(url)
  if (handler !== undefined) return await handle(paused, page, url, handler)
  if (isCustom(url)) return await fail(paused, page, 'Failed')
  return await page.send('Fetch.continueRequest', { requestId: paused.requestId })
}

/** will-navigate and will-redirect: for what the page or a server wants, not for what main loads. */
function isPrevented(paused: RequestPaused, url: string, { contents, isExpected, isMainFrame }: RequestingPage): boolean {
  if (paused.resourceType !== 'Document') return false
  const isMain = isMainFrame(paused.frameId)
  const frame = isMain ? contents.mainFrame : null
  const asked = event({ url, isSameDocument: false, isMainFrame: isMain, frame, initiator: contents.mainFrame })
  const emit = contents.emit.bind(contents) as (name: string, ...args: unknown[]) => boolean
  if (paused.redirectedRequestId !== undefined) {
    emit('will-redirect', asked, url, false, isMain)
  } else if (!isMain || !isExpected(paused)) {
    if (isMain) emit('will-navigate', asked, url)
    emit('will-frame-navigate', asked)
  }
  return asked.defaultPrevented
}

async function handle(paused: RequestPaused, page: RequestingPage, url: string, handler: (request: Request) => Response | Promise<Response>): Promise<unknown> {
  const { method, headers, postData } = paused.request
  let response: Response
  let body: Buffer
  try {
    response = await handler(new Request(url, { method, headers, ...(postData === undefined || method === 'GET' ? {} : { body: postData }) }))
    body = Buffer.from(await response.arrayBuffer())
  } catch (error) {
    console.error(`The handler of ${url} failed:`, error)
    return await fail(paused, page, 'Failed')
  }
  const received = Array.from(response.headers, ([name, value]) => ({ name, value }))
  return await fulfil(paused, page, { code: response.status, headers: await changeHeaders(received, response.status, paused, page), body })
}

async function onResponse(paused: RequestPaused, page: RequestingPage): Promise<void> {
  const { requestId, responseStatusCode: responseCode, responseHeaders = [] } = paused
  if (responseCode === undefined) {
    await page.send('Fetch.continueRequest', { requestId })
    return
  }
  const changed = await changeHeaders(responseHeaders, responseCode, paused, page)
  if (changed === responseHeaders) {
    await page.send('Fetch.continueResponse', { requestId })
    return
  }
  // Given as an answer of our own: of a continued one, Chromium has read the policy already.
  const { body, base64Encoded } = await page.send('Fetch.getResponseBody', { requestId }) as { body: string, base64Encoded: boolean }
  await fulfil(paused, page, { code: responseCode, headers: changed, body: Buffer.from(body, base64Encoded ? 'base64' : 'utf8') })
}

async function changeHeaders(headers: Header[], statusCode: number, paused: RequestPaused, page: RequestingPage): Promise<Header[]> {
  const grouped: Record<string, string[]> = {}
  for (const { name, value } of headers) (grouped[name] ??= []).push(value)
  const asked = { ...details(paused, toOuter(paused.request.url), page), statusLine: `HTTP/1.1 ${String(statusCode)}`, statusCode, responseHeaders: grouped }
  const { responseHeaders } = await WebRequestDouble.askHeadersReceived(page.webRequest, asked)
  if (responseHeaders === undefined) return headers
  return Object.entries(responseHeaders).flatMap(([name, values]) => [values].flat().map((value) => ({ name, value })))
}

function details({ requestId, request, resourceType, frameId }: RequestPaused, url: string, { contents, isMainFrame }: RequestingPage): Electron.OnBeforeRequestListenerDetails {
  const kind = resourceType === 'Document' ? isMainFrame(frameId) ? 'mainFrame' : 'subFrame' : resourceTypes[resourceType] ?? 'other'
  return { id: Number(requestId.replace(/\D/g, '')), url, method: request.method, webContentsId: contents.id, webContents: contents, frame: contents.mainFrame, resourceType: kind, referrer: request.headers['Referer'] ?? '', timestamp: performance.timeOrigin + performance.now(), uploadData: [] }
}

const resourceTypes: Record<string, Electron.OnBeforeRequestListenerDetails['resourceType']> = {
  Stylesheet: 'stylesheet', Script: 'script', Image: 'image', Font: 'font', XHR: 'xhr', Fetch: 'xhr', Ping: 'ping', CSPViolationReport: 'cspReport', Media: 'media', WebSocket: 'webSocket',
}

async function fulfil({ requestId }: RequestPaused, page: RequestingPage, { code, headers, body }: { code: number, headers: Header[], body: Buffer }): Promise<unknown> {
  return await page.send('Fetch.fulfillRequest', { requestId, responseCode: code, responseHeaders: headers, body: body.toString('base64') })
}

async function fail({ requestId }: RequestPaused, page: RequestingPage, errorReason: string): Promise<unknown> {
  return await page.send('Fetch.failRequest', { requestId, errorReason })
}
