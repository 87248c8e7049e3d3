import * as z from 'zod'
import { NetworkName } from '../../contract/wire/v1/common.ts'
import type { RequestProtocol } from '../../contract/wire/v1/protocols.ts'

const Hello = z.strictObject({ network: NetworkName })

/** The first words on every connection, in both directions: two networks do not talk to each other. */
export const helloProtocol: RequestProtocol<typeof Hello, typeof Hello> = {
  kind: 'request', id: '/depin/hello/1', input: Hello, output: Hello, maxBytes: 1024, deadlineMs: 10_000,
}
