import { createHash } from 'node:crypto'
import * as z from 'zod'
import type { SignedBytes } from '../../contract/wire/v1/common.ts'
import type { Clock } from '../base/index.ts'
import { asBlob, asInt, type Database, flag, type ReadHandle, untilWritten, type WriteHandle } from '../database/index.ts'
import type { Role } from '../market/index.ts'
import type { ChannelHead, EntryKind, LeaseAccount, LedgerStore, NewEntry } from './types.ts'

const RoleColumn = z.enum(['provider', 'tenant'])
const EntryRow = z.object({
  seq: asInt,
  at_ms: asInt,
  kind: z.enum(['channel', 'statement', 'ack', 'voucher', 'receipt']),
  role: RoleColumn,
  channel_id: z.string(),
  lease_id: z.string().nullable(),
  body: asBlob,
  signature: asBlob,
  prev_hash: asBlob,
  hash: asBlob,
})
const SignedRow = z.object({ body: asBlob, signature: asBlob, at_ms: asInt })
const ChannelRow = z.object({ channel_id: z.string(), role: RoleColumn, peer_id: z.string(), best_micro: z.bigint(), receipt_micro: z.bigint() })
const AccountRow = z.object({
  lease_id: z.string(),
  role: RoleColumn,
  channel_id: z.string(),
  statement_seq: asInt,
  statement_hash: asBlob,
  due_micro: z.bigint(),
  ack_due_micro: z.bigint(),
  run_ms: asInt,
  suspended_ms: asInt,
  egress_bytes: asInt,
  final: flag,
  bucket_femto: z.string().transform((text) => BigInt(text)),
  bucket_at_ms: asInt,
  credited_bytes: asInt,
})
const HourRow = z.object({ hour_ms: asInt, earned: z.bigint(), spent: z.bigint() })

const firstPrevHash = new Uint8Array(32)

export function createLedgerStore(database: Database, clock: Clock): LedgerStore {
  const { read } = database
  const append = (tx: WriteHandle, entry: NewEntry): number => appendEntry(tx, entry, clock.nowMs())

  return {
    append,
    firstBrokenEntry: () => firstBrokenEntry(read),
    ...channelQueries(read, append),
    ...accountQueries(database),
    openAccount(tx, fresh) {
      tx.run(`INSERT INTO ledger_leases (lease_id, role, channel_id, statement_seq, statement_hash, due_micro, ack_due_micro, run_ms, suspended_ms, egress_bytes, final, bucket_femto, bucket_at_ms)
        VALUES (:leaseId, :role, :channelId, 0, :zero, 0, 0, 0, 0, 0, 0, :bucketFemto, :bucketAtMs)`, {
        leaseId: fresh.leaseId, role: fresh.role, channelId: fresh.channelId, zero: firstPrevHash, bucketFemto: fresh.bucketFemto.toString(), bucketAtMs: fresh.bucketAtMs,
      })
    },
    setStatement(tx, role, { record, signed, hash }, channelId) {
      const entry = append(tx, { kind: 'statement', role, channelId, leaseId: record.leaseId, signed })
      tx.run(`UPDATE ledger_leases SET statement_seq = :seq, statement_hash = :hash, statement_entry = :entry, due_micro = :due, run_ms = :runMs,
        suspended_ms = :suspendedMs, egress_bytes = :egressBytes WHERE lease_id = :leaseId AND role = :role`, {
        leaseId: record.leaseId, role, seq: record.seq, hash, entry, due: record.dueMicro, runMs: record.runMs, suspendedMs: record.suspendedMs, egressBytes: record.egressBytes,
      })
    },
    setAck(tx, role, { record, signed }, channelId, creditedBytes = 0) {
      const entry = append(tx, { kind: 'ack', role, channelId, leaseId: record.leaseId, signed })
      tx.run(`UPDATE ledger_leases SET ack_entry = :entry, ack_due_micro = max(ack_due_micro, :ackDue), bucket_femto = :bucket, bucket_at_ms = :atMs,
        credited_bytes = :creditedBytes WHERE lease_id = :leaseId AND role = :role`, {
        leaseId: record.leaseId, role, entry, ackDue: record.ackDueMicro, bucket: role === 'tenant' ? record.bucketFemto : '0', atMs: record.tenantMs, creditedBytes,
      })
    },
    setFinal: (tx, leaseId, role) => void tx.run('UPDATE ledger_leases SET final = 1 WHERE lease_id = :leaseId AND role = :role', { leaseId, role }),
    lastStatement: (leaseId, role) => lastEntry(read, leaseId, role, 'statement_entry'),
    lastAck: (leaseId, role) => lastEntry(read, leaseId, role, 'ack_entry'),
    ...hourQueries(read),
  }
}

/** Those of a channel are summed up again and again, while only statements and their acks change them. */
function accountQueries(database: Database): Pick<LedgerStore, 'account' | 'accounts' | 'accountsOf'> {
  const { read } = database
  const one = (leaseId: string, role: Role, handle: ReadHandle): LeaseAccount | undefined => {
    const row = handle.get(AccountRow, 'SELECT * FROM ledger_leases WHERE lease_id = :leaseId AND role = :role', { leaseId, role })
    return row && accountFrom(row)
  }
  const of = (channelId: string, role: Role, handle: ReadHandle): readonly LeaseAccount[] =>
    handle.all(AccountRow, 'SELECT * FROM ledger_leases WHERE channel_id = :channelId AND role = :role ORDER BY lease_id', { channelId, role }).map(accountFrom)
  const remembered = <Answer>(ask: (id: string, role: Role, handle: ReadHandle) => Answer): (id: string, role: Role, handle?: ReadHandle) => Answer => {
    const byRole: Record<Role, (id: string) => Answer> = {
      provider: untilWritten(database, (id) => ask(id, 'provider', read), ['ledger_leases']),
      tenant: untilWritten(database, (id) => ask(id, 'tenant', read), ['ledger_leases']),
    }
    return (id, role, handle) => handle === undefined ? byRole[role](id) : ask(id, role, handle)
  }
  return {
    account: remembered(one),
    accounts: (role, handle = read) => handle.all(AccountRow, 'SELECT * FROM ledger_leases WHERE role = :role', { role }).map(accountFrom),
    accountsOf: remembered(of),
  }
}

function channelQueries(read: ReadHandle, append: LedgerStore['append']) {
  const select = 'SELECT channel_id, role, peer_id, best_micro, receipt_micro FROM ledger_channels'
  const queries: Pick<LedgerStore, 'channel' | 'channelWith' | 'channels' | 'openChannel' | 'setBest' | 'setReceipt' | 'bestVoucher' | 'receipt'> = {
    channel(channelId, role, handle = read) {
      const row = handle.get(ChannelRow, `${select} WHERE channel_id = :channelId AND role = :role`, { channelId, role })
      return row && channelFrom(row)
    },
    channelWith(role, peerId, handle = read) {
      const row = handle.get(ChannelRow, `${select} WHERE role = :role AND peer_id = :peerId`, { role, peerId })
      if (row === undefined) return undefined
      const signed = handle.get(SignedRow, `SELECT body, signature, at_ms FROM ledger_entries WHERE kind = 'channel' AND role = :role AND channel_id = :channelId`, { role, channelId: row.channel_id })
      return signed && { ...channelFrom(row), signed: { body: signed.body, signature: signed.signature } }
    },
    channels: () => read.all(ChannelRow, select).map(channelFrom),
    openChannel(tx, channelId, role, peerId, signed) {
      append(tx, { kind: 'channel', role, channelId, leaseId: null, signed })
      tx.run('INSERT INTO ledger_channels (channel_id, role, peer_id, best_micro, receipt_micro) VALUES (:channelId, :role, :peerId, 0, 0)', { channelId, role, peerId })
    },
    setBest(tx, channelId, role, bestMicro, signed) {
      const entry = append(tx, { kind: 'voucher', role, channelId, leaseId: null, signed })
      tx.run('UPDATE ledger_channels SET best_micro = :bestMicro, best_voucher_seq = :entry WHERE channel_id = :channelId AND role = :role AND best_micro <= :bestMicro', { channelId, role, bestMicro, entry })
    },
    setReceipt(tx, channelId, role, receiptMicro, signed) {
      const entry = append(tx, { kind: 'receipt', role, channelId, leaseId: null, signed })
      tx.run('UPDATE ledger_channels SET receipt_micro = :receiptMicro, receipt_seq = :entry WHERE channel_id = :channelId AND role = :role AND receipt_micro <= :receiptMicro', { channelId, role, receiptMicro, entry })
    },
    bestVoucher: (channelId, role) => headEntry(read, channelId, role, 'best_voucher_seq')?.signed ?? null,
    receipt: (channelId, role) => headEntry(read, channelId, role, 'receipt_seq'),
  }
  return queries
}

function hourQueries(read: ReadHandle): Pick<LedgerStore, 'addToHour' | 'hours'> {
  return {
    addToHour(tx, role, leaseId, hourMs, micro) {
      if (micro === 0n) return
      tx.run(`INSERT INTO ledger_hours (role, lease_id, hour_ms, micro) VALUES (:role, :leaseId, :hourMs, :micro)
        ON CONFLICT (role, hour_ms, lease_id) DO UPDATE SET micro = micro + :micro`, { role, leaseId, hourMs, micro })
    },
    hours: (sinceMs) => read.all(HourRow, `SELECT hour_ms, sum(CASE role WHEN 'provider' THEN micro ELSE 0 END) AS earned,
      sum(CASE role WHEN 'tenant' THEN micro ELSE 0 END) AS spent FROM ledger_hours WHERE hour_ms >= :sinceMs GROUP BY hour_ms ORDER BY hour_ms`, { sinceMs })
      .map((row) => ({ hourMs: row.hour_ms, earnedMicro: row.earned, spentMicro: row.spent })),
  }
}

/** Each entry's hash covers the one before: nothing can be changed, taken out or put in between unnoticed. */
function appendEntry(tx: WriteHandle, entry: NewEntry, atMs: number): number {
  const last = tx.get(EntryRow, 'SELECT * FROM ledger_entries ORDER BY seq DESC LIMIT 1')
  const seq = (last?.seq ?? 0) + 1
  const prevHash = last?.hash ?? firstPrevHash
  const { kind, role, channelId, leaseId, signed } = entry
  const hash = entryHash(prevHash, { seq, atMs, kind, role, channelId, leaseId, body: signed.body, signature: signed.signature })
  tx.run(`INSERT INTO ledger_entries (seq, at_ms, kind, role, channel_id, lease_id, body, signature, prev_hash, hash)
    VALUES (:seq, :atMs, :kind, :role, :channelId, :leaseId, :body, :signature, :prevHash, :hash)`, {
    seq, atMs, kind, role, channelId, leaseId, body: signed.body, signature: signed.signature, prevHash, hash,
  })
  return seq
}

function firstBrokenEntry(read: ReadHandle): number | null {
  let prevHash: Uint8Array = firstPrevHash
  let expected = 1
  for (const row of read.all(EntryRow, 'SELECT * FROM ledger_entries ORDER BY seq')) {
    const hash = entryHash(prevHash, { seq: row.seq, atMs: row.at_ms, kind: row.kind, role: row.role, channelId: row.channel_id, leaseId: row.lease_id, body: row.body, signature: row.signature })
    if (row.seq !== expected || Buffer.compare(row.prev_hash, prevHash) !== 0 || Buffer.compare(row.hash, hash) !== 0) return expected
    prevHash = row.hash
    expected++
  }
  return null
}

interface HashedEntry { seq: number, atMs: number, kind: EntryKind, role: Role, channelId: string, leaseId: string | null, body: Uint8Array, signature: Uint8Array }

function entryHash(prevHash: Uint8Array, entry: HashedEntry): Uint8Array {
  const head = JSON.stringify([entry.seq, entry.atMs, entry.kind, entry.role, entry.channelId, entry.leaseId, entry.body.byteLength])
  return new Uint8Array(createHash('sha256').update(prevHash).update(head).update(entry.body).update(entry.signature).digest())
}

function lastEntry(read: ReadHandle, leaseId: string, role: Role, column: 'statement_entry' | 'ack_entry'): SignedBytes | null {
  const row = read.get(SignedRow, `SELECT body, signature, at_ms FROM ledger_entries WHERE seq =
    (SELECT ${column} FROM ledger_leases WHERE lease_id = :leaseId AND role = :role)`, { leaseId, role })
  return row === undefined ? null : { body: row.body, signature: row.signature }
}

function headEntry(read: ReadHandle, channelId: string, role: Role, column: 'best_voucher_seq' | 'receipt_seq'): { signed: SignedBytes, atMs: number } | null {
  const row = read.get(SignedRow, `SELECT body, signature, at_ms FROM ledger_entries WHERE seq =
    (SELECT ${column} FROM ledger_channels WHERE channel_id = :channelId AND role = :role)`, { channelId, role })
  return row === undefined ? null : { signed: { body: row.body, signature: row.signature }, atMs: row.at_ms }
}

function channelFrom(row: z.output<typeof ChannelRow>): ChannelHead {
  return { channelId: row.channel_id, role: row.role, peerId: row.peer_id, bestMicro: row.best_micro, receiptMicro: row.receipt_micro }
}

function accountFrom(row: z.output<typeof AccountRow>): LeaseAccount {
  return {
    leaseId: row.lease_id,
    role: row.role,
    channelId: row.channel_id,
    statementSeq: row.statement_seq,
    statementHash: row.statement_hash,
    dueMicro: row.due_micro,
    ackDueMicro: row.ack_due_micro,
    runMs: row.run_ms,
    suspendedMs: row.suspended_ms,
    egressBytes: row.egress_bytes,
    final: row.final,
    bucketFemto: row.bucket_femto,
    bucketAtMs: row.bucket_at_ms,
    creditedBytes: row.credited_bytes,
  }
}
