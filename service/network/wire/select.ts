/**
 * Choosing a protocol for a channel, as multistream-select 1.0 has it (multiformats/multistream-select `README.md`). Who
 * opens the channel names one protocol and goes on at once, without waiting to hear that the other side has it.
 */
import { encodeVarint } from './varint.ts'
import { FramingError, type Inbox } from './inbox.ts'

const multistream = line('/multistream/1.0.0')
const notAvailable = 'na'
/** No line of the negotiation is longer, bytes; as in the other implementations. */
const maxLineBytes = 1024

/** The peer does not speak this protocol. */
export class NotSpokenError extends Error {
  override readonly name = 'NotSpokenError'
}

/** What the opener sends before its first message. */
export function proposal(protocol: string): Buffer {
  return Buffer.concat([multistream, line(protocol)])
}

/** What the accepting side sends before its first message. */
export const acceptance = proposal

/** Reads the answer to a proposal. @throws NotSpokenError, FramingError. */
export async function readAcceptance(inbox: Inbox, protocol: string): Promise<void> {
  const header = await inbox.exactly(multistream.length)
  if (header === undefined || Buffer.compare(header, multistream) !== 0) throw new FramingError('no answer to the choice of protocol')
  const answer = await readLine(inbox)
  if (answer === notAvailable) throw new NotSpokenError(protocol)
  if (answer !== protocol) throw new FramingError('an answer to another choice of protocol')
}

/** Reads what the opener proposes; undefined when it opened and ended. */
export async function readProposal(inbox: Inbox): Promise<string | undefined> {
  const header = await inbox.exactly(multistream.length)
  if (header === undefined) return undefined
  if (Buffer.compare(header, multistream) !== 0) throw new FramingError('no choice of protocol')
  return await readLine(inbox)
}

async function readLine(inbox: Inbox): Promise<string> {
  const bytes = await inbox.message(maxLineBytes)
  if (bytes?.at(-1) !== 0x0a) throw new FramingError('a line without its end')
  return Buffer.from(bytes).toString('utf8', 0, bytes.length - 1)
}

function line(text: string): Buffer {
  const bytes = Buffer.from(`${text}\n`)
  return Buffer.concat([encodeVarint(bytes.length), bytes])
}
