import { attribute, be16, be32, be64, nested, u32 } from './netlink.ts'
import { questionBytes } from './pools.ts'

/**
 * The pieces that nftables rules are made of, as the kernel takes them. Only what every kernel with nftables has is used,
 * with `ct`, `limit`, `connlimit` and `reject`: no `fib` (Docker Desktop's kernel has none) and no `quota`.
 *
 * Formats: linux/netfilter/nf_tables.h, whose names stand beside the numbers.
 */
export type Expression = Uint8Array

/** NFT_REG_1: sixteen bytes, which values of four may also fill piece by piece. */
const register = 1
/** NFT_REG32_01: the second four bytes of the first register. */
const secondPiece = 9

/** NFTA_LIST_ELEM { NFTA_EXPR_NAME, NFTA_EXPR_DATA } */
function expression(name: string, ...data: readonly Uint8Array[]): Expression {
  return nested(1, attribute(1, name), nested(2, ...data))
}

/** NFTA_DATA_VALUE */
function value(type: number, bytes: Uint8Array): Uint8Array {
  return nested(type, attribute(1, bytes))
}

function compare(bytes: Uint8Array, how: 'is' | 'is not'): Expression {
  // NFTA_CMP_SREG, NFTA_CMP_OP (NFT_CMP_EQ, NFT_CMP_NEQ), NFTA_CMP_DATA
  return expression('cmp', attribute(1, be32(register)), attribute(2, be32(how === 'is' ? 0 : 1)), value(3, bytes))
}

/** NFTA_BITWISE_SREG, _DREG, _LEN, _MASK, _XOR */
function mask(bytes: Uint8Array): Expression {
  const zero = new Uint8Array(bytes.length)
  return expression('bitwise', attribute(1, be32(register)), attribute(2, be32(register)), attribute(3, be32(bytes.length)), value(4, bytes), value(5, zero))
}

/** NFTA_META_DREG, NFTA_META_KEY */
function meta(key: number): Expression {
  return expression('meta', attribute(1, be32(register)), attribute(2, be32(key)))
}

/** NFTA_PAYLOAD_DREG, _BASE, _OFFSET, _LEN */
function payload(base: 'network' | 'transport', offset: number, length: number, into = register): Expression {
  return expression('payload', attribute(1, be32(into)), attribute(2, be32(base === 'network' ? 1 : 2)), attribute(3, be32(offset)), attribute(4, be32(length)))
}

const addressOffset = { from: 12, to: 16 } as const
export type Side = keyof typeof addressOffset

/** NFT_META_IIF, NFT_META_OIF: the loopback interface is the first of every namespace. */
export function loopback(side: Side): Expression[] {
  return [meta(side === 'from' ? 4 : 5), compare(u32(1), 'is')]
}

/** What a socket was marked with, for which a program needs CAP_NET_ADMIN. NFT_META_MARK */
export function marked(mark: number): Expression[] {
  return [meta(3), compare(u32(mark), 'is')]
}

/** NFT_META_NFPROTO, NFPROTO_IPV6 */
export function ipv6(): Expression[] {
  return [meta(15), compare(Uint8Array.of(10), 'is')]
}

const protocols = { icmp: 1, tcp: 6, udp: 17 } as const
/** NFT_META_L4PROTO */
export function protocol(name: keyof typeof protocols): Expression[] {
  return [meta(16), compare(Uint8Array.of(protocols[name]), 'is')]
}

export function protocolIn(set: string, how: 'is' | 'is not' = 'is'): Expression[] {
  return [meta(16), lookup(set, how)]
}

/** @param range an IPv4 network: its first address and the length of its prefix. */
export function network(side: Side, range: { first: Uint8Array, bits: number }, how: 'is' | 'is not' = 'is'): Expression[] {
  const prefix = be32(range.bits === 0 ? 0 : 0xffff_ffff << (32 - range.bits))
  return [payload('network', addressOffset[side], 4), ...range.bits === 32 ? [] : [mask(prefix)], compare(range.first, how)]
}

export function addressIn(side: Side, set: string, how: 'is' | 'is not' = 'is'): Expression[] {
  return [payload('network', addressOffset[side], 4), lookup(set, how)]
}

/** The destination's port; of TCP and UDP alike, so ask for the protocol first. */
export function port(number: number): Expression[] {
  return [payload('transport', 2, 2), compare(be16(number), 'is')]
}

export function portIn(set: string): Expression[] {
  return [payload('transport', 2, 2), lookup(set, 'is')]
}

/** What a question over UDP asks for, by how it begins: behind the headers of UDP and of the message. */
export function questionIn(set: string): Expression[] {
  return [payload('transport', 8 + 12, questionBytes), lookup(set, 'is')]
}

/** Where a packet goes, address and port, as the key of a set. */
function destination(): Expression[] {
  return [payload('network', addressOffset.to, 4), payload('transport', 2, 2, secondPiece)]
}

export function destinationIn(set: string, how: 'is' | 'is not'): Expression[] {
  return [...destination(), lookup(set, how)]
}

/** Adds the destination to a set. Where the set is full, the rule ends here. */
export function rememberDestination(set: string): Expression[] {
  // NFTA_DYNSET_SET_NAME, NFTA_DYNSET_OP (NFT_DYNSET_OP_ADD), NFTA_DYNSET_SREG_KEY
  return [...destination(), expression('dynset', attribute(1, set), attribute(3, be32(0)), attribute(4, be32(register)))]
}

/** NFTA_LOOKUP_SET, _SREG, _FLAGS (NFT_LOOKUP_F_INV) */
function lookup(set: string, how: 'is' | 'is not'): Expression {
  return expression('lookup', attribute(1, set), attribute(2, be32(register)), ...how === 'is' ? [] : [attribute(5, be32(1))])
}

const states = { established: 2, related: 4, new: 8 } as const
/** NFTA_CT_DREG, NFTA_CT_KEY (NFT_CT_STATE) */
export function state(...names: readonly (keyof typeof states)[]): Expression[] {
  const bits = names.reduce((sum, name) => sum | states[name], 0)
  return [expression('ct', attribute(1, be32(register)), attribute(2, be32(0))), mask(u32(bits)), compare(u32(0), 'is not')]
}

/** Packets that answer a connection which came from outside. NFT_CT_DIRECTION, IP_CT_DIR_REPLY */
export function reply(): Expression[] {
  return [expression('ct', attribute(1, be32(register)), attribute(2, be32(1))), compare(Uint8Array.of(1), 'is')]
}

/** True for what goes beyond the rate. NFTA_LIMIT_RATE, _UNIT, _BURST, _TYPE, _FLAGS (NFT_LIMIT_F_INV) */
export function over(perSecond: number, unit: 'packets' | 'bytes', burst: number): Expression {
  return expression('limit', ...limit(perSecond, unit, burst), attribute(5, be32(1)))
}

/** True for what stays within the rate. */
export function within(perSecond: number, unit: 'packets' | 'bytes', burst: number): Expression {
  return expression('limit', ...limit(perSecond, unit, burst), attribute(5, be32(0)))
}

function limit(perSecond: number, unit: 'packets' | 'bytes', burst: number): Uint8Array[] {
  return [attribute(1, be64(perSecond)), attribute(2, be64(1)), attribute(3, be32(burst)), attribute(4, be32(unit === 'packets' ? 0 : 1))]
}

/** True for a connection beyond `most` of those that came this way. NFTA_CONNLIMIT_COUNT, NFTA_CONNLIMIT_FLAGS (NFT_CONNLIMIT_F_INV) */
export function connectionsBeyond(most: number): Expression {
  return expression('connlimit', attribute(1, be32(most)), attribute(2, be32(1)))
}

/** NFT_OBJECT_COUNTER */
export const counterObject = 1

/** Counts in a named counter. NFTA_OBJREF_IMM_TYPE, NFTA_OBJREF_IMM_NAME */
export function count(name: string): Expression {
  return expression('objref', attribute(1, be32(counterObject)), attribute(2, name))
}

const verdicts = { drop: 0, accept: 1 } as const
/** NFTA_IMMEDIATE_DREG (NFT_REG_VERDICT), NFTA_IMMEDIATE_DATA { NFTA_DATA_VERDICT { NFTA_VERDICT_CODE } } */
export function verdict(name: keyof typeof verdicts): Expression {
  return expression('immediate', attribute(1, be32(0)), nested(2, nested(2, attribute(1, be32(verdicts[name])))))
}

/** NFT_GOTO with NFTA_VERDICT_CHAIN */
export function goTo(chain: string): Expression {
  return expression('immediate', attribute(1, be32(0)), nested(2, nested(2, attribute(1, be32(-4)), attribute(2, chain))))
}

/** Says no, so that a program need not wait. NFTA_REJECT_TYPE, NFTA_REJECT_ICMP_CODE (NFT_REJECT_ICMPX_ADMIN_PROHIBITED) */
export function reject(how: 'reset' | 'prohibited'): Expression {
  return how === 'reset'
    ? expression('reject', attribute(1, be32(1)), attribute(2, Uint8Array.of(0)))
    : expression('reject', attribute(1, be32(2)), attribute(2, Uint8Array.of(3)))
}
