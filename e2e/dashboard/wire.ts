/** Between the page and its service: oRPC's messages, by the procedure that they are of. */
import type { Page } from '@playwright/test'

/** `u`: the procedure that a call is of. `t`: what kind of message, for all but a call and its answer. */
interface Message {
  i: string
  t?: number
  p?: { u?: string, b?: unknown }
}

interface Wire {
  /** What is sent in place of a call. */
  onCall?: (procedure: string, message: Message) => Message
  /** Passes on what the service says, now or later. */
  onAnswer?: (procedure: string, message: Message, pass: () => void) => void
}

async function between(page: Page, { onCall = (_, message) => message, onAnswer = (_procedure, _message, pass) => pass() }: Wire): Promise<void> {
  await page.routeWebSocket(/\/api\/ws$/, (socket) => {
    const procedures = new Map<string, string>()
    const service = socket.connectToServer()
    socket.onMessage((text) => {
      const message = JSON.parse(String(text)) as Message
      const procedure = message.p?.u?.replace(/^\//, '')
      if (procedure !== undefined) procedures.set(message.i, procedure)
      service.send(procedure === undefined ? text : JSON.stringify(onCall(procedure, message)))
    })
    service.onMessage((text) => {
      const message = JSON.parse(String(text)) as Message
      onAnswer(procedures.get(message.i) ?? '', message, () => socket.send(text))
    })
  })
}

/** Keeps back what one stream says until it is let go. `rest`: the page has been told the first of these others. */
export async function holdNews(page: Page, held: string, others: readonly string[]): Promise<{ rest: Promise<unknown>, letGo: () => void }> {
  const released = Promise.withResolvers<undefined>()
  const rest = Promise.withResolvers<undefined>()
  const awaited = new Set(others)
  await between(page, {
    onAnswer(procedure, { t }, pass) {
      if (procedure === held) return void released.promise.then(pass)
      pass()
      // the answer says that a stream begins; what it brings follows
      if (t !== undefined) awaited.delete(procedure)
      if (awaited.size === 0) rest.resolve(undefined)
    },
  })
  return { rest: rest.promise, letGo: () => released.resolve(undefined) }
}

/** The first call of a procedure reaches the service with an input that it refuses. */
export async function spoilFirst(page: Page, spoilt: string): Promise<void> {
  let left = 1
  await between(page, {
    onCall: (procedure, message) => procedure === spoilt && left-- > 0 ? { ...message, p: { ...message.p, b: { json: { step: 'none' } } } } : message,
  })
}
