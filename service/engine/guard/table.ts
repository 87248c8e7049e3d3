import { counterObject, type Expression } from './expressions.ts'
import { attribute, be32, be64, flags, nested, type NetlinkMessage } from './netlink.ts'
import { questionBytes } from './pools.ts'

/**
 * Messages that make an nftables table. Formats: linux/netfilter/nfnetlink.h (`struct nfgenmsg`, batches) and
 * linux/netfilter/nf_tables.h.
 */
export const tableName = 'depin'

const subsystem = 10
const families = { none: 0, inet: 1 } as const
const types = { newTable: 0, newChain: 3, newRule: 6, deleteRule: 8, newSet: 9, newElement: 12, getElements: 13, deleteElement: 14, newObject: 18, getObject: 19 } as const
/** NFNL_MSG_BATCH_BEGIN, NFNL_MSG_BATCH_END */
const batch = { begin: 0x10, end: 0x11 } as const

/** `struct nfgenmsg` */
function body(family: keyof typeof families, resource: number, attributes: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat([Uint8Array.of(families[family], 0, resource >> 8, resource & 0xff), ...attributes])
}

function change(what: string, type: keyof typeof types, bits: number, ...attributes: readonly Uint8Array[]): NetlinkMessage {
  return { what, type: subsystem << 8 | types[type], flags: bits, body: body('inet', 0, attributes) }
}

/** All of the changes or none. The last one is acknowledged; the kernel says which were refused without being asked. */
export function transaction(changes: readonly NetlinkMessage[]): NetlinkMessage[] {
  const edge = (type: keyof typeof batch): NetlinkMessage => ({ what: `${type} of the changes`, type: batch[type], flags: 0, body: body('none', subsystem, []) })
  const last = changes.at(-1)
  const acknowledged = last === undefined ? [] : [{ ...last, flags: last.flags | flags.ack }]
  return [edge('begin'), ...changes.slice(0, -1), ...acknowledged, edge('end')]
}

export function table(): NetlinkMessage {
  return change(`table ${tableName}`, 'newTable', flags.create, attribute(1, tableName))
}

const hooks = { input: 1, forward: 2, output: 3 } as const
/** A chain that the kernel runs for each packet, and that drops what no rule decides. */
export function baseChain(name: keyof typeof hooks): NetlinkMessage {
  // NFTA_CHAIN_TABLE, _NAME, _HOOK { NFTA_HOOK_HOOKNUM, NFTA_HOOK_PRIORITY }, _POLICY (NF_DROP), _TYPE
  return change(`chain ${name}`, 'newChain', flags.create,
    attribute(1, tableName), attribute(3, name), nested(4, attribute(1, be32(hooks[name])), attribute(2, be32(0))), attribute(5, be32(0)), attribute(7, 'filter'))
}

export function chain(name: string): NetlinkMessage {
  return change(`chain ${name}`, 'newChain', flags.create, attribute(1, tableName), attribute(3, name))
}

/** Takes all rules of the table away. */
export function noRules(): NetlinkMessage {
  return change('no rules', 'deleteRule', 0, attribute(1, tableName))
}

export function rule(chainName: string, what: string, ...expressions: readonly (Expression | readonly Expression[])[]): NetlinkMessage {
  return change(`${chainName}: ${what}`, 'newRule', flags.create | flags.append,
    attribute(1, tableName), attribute(2, chainName), nested(4, ...expressions.flat()))
}

/** What `nft list` shows a key as, and its length in bytes. */
const keys = {
  address: { type: 7, bytes: 4 },
  protocol: { type: 12, bytes: 1 },
  port: { type: 13, bytes: 2 },
  question: { type: 5, bytes: questionBytes },
  // two types of six bits each; each part of a key takes whole words
  destination: { type: 7 << 6 | 13, bytes: 8 },
} as const

export interface SetOptions {
  name: string
  key: keyof typeof keys
  /** Ranges instead of single values. */
  ranges?: boolean
  /** Filled by rules; each entry leaves after `timeoutMs`, and there are never more than `size`. */
  dynamic?: { timeoutMs: number, size: number }
  /** Each entry leaves after a time of its own, and there are never more than `size`. */
  timed?: { size: number }
}

/** NFTA_SET_TABLE, _NAME, _FLAGS, _KEY_TYPE, _KEY_LEN, _ID, _TIMEOUT, _DESC { NFTA_SET_DESC_SIZE } */
export function set({ name, key, ranges, dynamic, timed }: SetOptions, id: number): NetlinkMessage {
  const size = dynamic?.size ?? timed?.size
  // NFT_SET_INTERVAL, NFT_SET_TIMEOUT, NFT_SET_EVAL
  const bits = (ranges === true ? 0x4 : 0) | (size === undefined ? 0 : 0x10) | (dynamic === undefined ? 0 : 0x20)
  return change(`set ${name}`, 'newSet', flags.create,
    attribute(1, tableName), attribute(2, name), attribute(3, be32(bits)), attribute(4, be32(keys[key].type)), attribute(5, be32(keys[key].bytes)),
    attribute(10, be32(id)), ...dynamic === undefined ? [] : [attribute(11, be64(dynamic.timeoutMs))], ...size === undefined ? [] : [nested(9, attribute(1, be32(size)))])
}

export function emptySet(name: string): NetlinkMessage {
  return change(`empty set ${name}`, 'deleteElement', 0, attribute(1, tableName), attribute(2, name))
}

/** An entry of a set; `end` where a range ends before it. */
export interface Element { key: Uint8Array, end?: boolean }

/** An attribute holds 64 KiB at most. */
const elementsAtOnce = 1000

/** NFTA_SET_ELEM_LIST_TABLE, _SET, _ELEMENTS { NFTA_LIST_ELEM { NFTA_SET_ELEM_KEY, NFTA_SET_ELEM_FLAGS } } */
export function elements(name: string, entries: readonly Element[]): NetlinkMessage[] {
  const messages: NetlinkMessage[] = []
  for (let at = 0; at < entries.length; at += elementsAtOnce) {
    const list = entries.slice(at, at + elementsAtOnce).map(({ key, end }) => (
      nested(1, nested(1, attribute(1, key)), ...end === true ? [attribute(3, be32(1))] : [])
    ))
    messages.push(change(`entries of ${name}`, 'newElement', flags.create, attribute(1, tableName), attribute(2, name), nested(3, ...list)))
  }
  return messages
}

/**
 * One entry, from now on for so long, whether it was there before or not: kernels before 6.12 give an entry no other time.
 *
 * NFTA_SET_ELEM_KEY, NFTA_SET_ELEM_TIMEOUT
 */
export function renewal(name: string, key: Uint8Array, timeoutMs: number): NetlinkMessage[] {
  const entry = (type: 'newElement' | 'deleteElement', ...timeout: Uint8Array[]): NetlinkMessage => (
    change(`an entry of ${name}`, type, type === 'newElement' ? flags.create : 0, attribute(1, tableName), attribute(2, name), nested(3, nested(1, nested(1, attribute(1, key)), ...timeout)))
  )
  return transaction([entry('newElement'), entry('deleteElement'), entry('newElement', attribute(4, be64(timeoutMs)))])
}

/** NFTA_OBJ_TABLE, _NAME, _TYPE, _DATA; a counter begins at nothing. */
export function counter(name: string): NetlinkMessage {
  return change(`counter ${name}`, 'newObject', flags.create, attribute(1, tableName), attribute(2, name), attribute(3, be32(counterObject)), nested(4))
}

/** Asks for all counters of the table. */
export function listCounters(): NetlinkMessage {
  return change('counters', 'getObject', flags.dump, attribute(1, tableName), attribute(3, be32(counterObject)))
}

/** NFT_MSG_NEWOBJ, which also answers a question. */
export const objectMessage = subsystem << 8 | types.newObject

/** Asks for all entries of a set. NFTA_SET_ELEM_LIST_TABLE, _SET */
export function listElements(name: string): NetlinkMessage {
  return change(`entries of ${name}`, 'getElements', flags.dump, attribute(1, tableName), attribute(2, name))
}

/** NFT_MSG_NEWSETELEM, which also answers a question. */
export const elementMessage = subsystem << 8 | types.newElement
