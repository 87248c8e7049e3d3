import { decodeAttributes, decodeMessages, eachAttribute } from './netlink.ts'
import { elementMessage } from './table.ts'

/** Where a pod has newly turned to within the last minute: never what was said. */
export interface Destination { address: string, port: number }

/** Destinations from the kernel's answer to `listElements`. What is no destination is left out. */
export function decodeDestinations(answers: Uint8Array): Destination[] {
  return decodeMessages(answers).filter(({ type }) => type === elementMessage).flatMap(({ body }) => {
    // NFTA_SET_ELEM_LIST_ELEMENTS { NFTA_LIST_ELEM { NFTA_SET_ELEM_KEY { NFTA_DATA_VALUE } } } after a `struct nfgenmsg`
    const list = decodeAttributes(body.subarray(4)).get(3) ?? new Uint8Array()
    return eachAttribute(list).flatMap((element) => {
      const key = decodeAttributes(decodeAttributes(element).get(1) ?? new Uint8Array()).get(1)
      return key?.length === 8 ? [{ address: key.subarray(0, 4).join('.'), port: Buffer.from(key).readUInt16BE(4) }] : []
    })
  })
}
