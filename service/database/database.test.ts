import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, it } from 'vitest'
import * as z from 'zod'
import { asInt, openDatabase, restoreSnapshot, untilWritten } from './index.ts'
import { migrations } from './migrations/index.ts'

const folders: string[] = []
const newFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'depin-database-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

const step1 = { version: 1, name: 'one', sql: 'CREATE TABLE t (n INTEGER NOT NULL) STRICT' }
const step2 = { version: 2, name: 'two', sql: 'ALTER TABLE t ADD COLUMN m INTEGER' }
const count = { row: z.object({ n: asInt }), sql: 'SELECT count(*) AS n FROM t' }

describe('schema', () => {
  it('says so when the disk is full, and leaves the step before whole', () => {
    const path = join(newFolder(), 'depin.db')
    openDatabase({ path, migrations: [step1] }).close()
    const tooLarge = { version: 2, name: 'too-large', sql: 'PRAGMA max_page_count = 4; CREATE TABLE filler (b BLOB); INSERT INTO filler VALUES (zeroblob(1000000))' }
    expect(() => openDatabase({ path, migrations: [step1, tooLarge] })).toThrow(expect.objectContaining({ code: 'E_DISK_FULL' }))
    openDatabase({ path, migrations: [step1, step2] }).close()
  })

  it.each(migrations.map((migration) => [migration.version, migration] as const))('after step %i is what its golden file says', async (version) => {
    const connection = new DatabaseSync(':memory:')
    for (const step of migrations.filter((each) => each.version <= version)) connection.exec(step.sql)
    const schema = connection.prepare('SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type, name').all().map((row) => String(row['sql'])).join(';\n') + ';\n'
    const golden = join(import.meta.dirname, 'migrations', 'golden', `${String(version).padStart(4, '0')}.sql`)
    await expect(schema).toMatchFileSnapshot(golden)
  })

  it('keeps a copy of the database before it changes it', () => {
    const folder = newFolder()
    const path = join(folder, 'depin.db')
    const first = openDatabase({ path, migrations: [step1] })
    first.transaction((tx) => tx.run('INSERT INTO t VALUES (7)'))
    first.close()
    openDatabase({ path, migrations: [step1, step2] }).close()
    const [copy] = readdirSync(join(folder, 'snapshots'))
    const restored = openDatabase({ path: join(folder, 'snapshots', copy!), migrations: [step1] })
    expect(restored.read.get(count.row, count.sql)?.n).toBe(1)
    restored.close()
  })

  it('refuses a database that a newer version wrote, and leaves it alone', () => {
    const path = join(newFolder(), 'depin.db')
    openDatabase({ path, migrations: [step1, step2] }).close()
    const before = readFileSync(path)
    expect(() => openDatabase({ path, migrations: [step1] })).toThrow(expect.objectContaining({ code: 'E_DATA_DIR_NEWER' }))
    expect(readFileSync(path).equals(before)).toBe(true)
  })

  it.each([
    ['another program’s database', (path: string) => { const other = new DatabaseSync(path); other.exec('CREATE TABLE theirs (x)'); other.close() }, 'E_DATA_DIR_FOREIGN'],
    ['a file that is no database', (path: string) => writeFileSync(path, 'hello '.repeat(1000)), 'E_DATA_DIR_DAMAGED'],
  ])('refuses %s', (_, make, code) => {
    const path = join(newFolder(), 'depin.db')
    make(path)
    expect(() => openDatabase({ path })).toThrow(expect.objectContaining({ code }))
  })
})

describe('going back to the version before', () => {
  const rowsIn = (path: string): number => {
    const database = openDatabase({ path, migrations: [step1] })
    const n = database.read.get(count.row, count.sql)?.n ?? -1
    database.close()
    return n
  }

  it('puts back the copy of before the change, and keeps what came after it', () => {
    const folder = newFolder()
    const path = join(folder, 'depin.db')
    const old = openDatabase({ path, migrations: [step1] })
    old.transaction((tx) => tx.run('INSERT INTO t VALUES (7)'))
    old.close()
    const newer = openDatabase({ path, migrations: [step1, step2] })
    newer.transaction((tx) => tx.run('INSERT INTO t VALUES (8, 9)'))
    newer.close()
    expect(restoreSnapshot(path, [step1])).toMatchObject({ schema: 1 })
    expect(rowsIn(path)).toBe(1)
    const kept = new DatabaseSync(join(folder, 'snapshots', 'depin-taken-back-0002.db'))
    expect(kept.prepare('SELECT count(*) AS n FROM t').get()).toEqual({ n: 2 })
    kept.close()
  })

  it('does nothing where the schema is not newer, or no sound copy is there', () => {
    const path = join(newFolder(), 'depin.db')
    openDatabase({ path, migrations: [step1] }).close()
    openDatabase({ path, migrations: [step1, step2] }).close()
    expect(restoreSnapshot(path, [step1, step2])).toBeNull()
    writeFileSync(join(path, '..', 'snapshots', 'depin-schema-0001.db'), 'torn')
    expect(restoreSnapshot(path, [step1])).toBeNull()
    openDatabase({ path, migrations: [step1, step2] }).close()
  })
})

describe('handles', () => {
  it('a transaction is all or nothing, and what it would publish is dropped with it', () => {
    const database = openDatabase({ path: join(newFolder(), 'depin.db'), migrations: [step1] })
    const published: string[] = []
    expect(() => database.transaction((tx) => {
      tx.run('INSERT INTO t VALUES (1)')
      database.afterCommit(() => published.push('lost'))
      throw new Error('no')
    })).toThrow('no')
    database.transaction((tx) => {
      tx.run('INSERT INTO t VALUES (2)')
      database.afterCommit(() => published.push(`sees ${String(database.read.get(count.row, count.sql)?.n)}`))
    })
    expect(published).toEqual(['sees 1'])
    database.close()
  })

  it('a read handle cannot write even if it tries', () => {
    const database = openDatabase({ path: join(newFolder(), 'depin.db'), migrations: [step1] })
    expect(() => database.read.all(z.unknown(), 'INSERT INTO t VALUES (1)')).toThrow(/readonly|query_only|attempt to write/)
    database.close()
  })

  it('commits with synchronous=FULL in WAL mode', () => {
    const path = join(newFolder(), 'depin.db')
    const database = openDatabase({ path, migrations: [step1] })
    const modes = database.transaction((tx) => [
      tx.get(z.object({ synchronous: asInt }), 'PRAGMA synchronous')?.synchronous,
      tx.get(z.object({ journal_mode: z.string() }), 'PRAGMA journal_mode')?.journal_mode,
    ])
    expect(modes).toEqual([2, 'wal'])
    database.close()
  })
})

describe('an answer that is remembered until something is written', () => {
  function counting() {
    const database = openDatabase({ path: join(newFolder(), 'depin.db'), migrations: [step1] })
    let asked = 0
    const rows = untilWritten(database, (_key: string) => {
      asked++
      return database.read.get(count.row, count.sql)?.n ?? 0
    })
    return { database, rows, asked: () => asked }
  }

  it('is asked for once, by each key', () => {
    const { database, rows, asked } = counting()
    expect([rows('a'), rows('a'), rows('b')]).toEqual([0, 0, 0])
    expect(asked()).toBe(2)
    database.close()
  })

  it('is new after a commit, for those that are told of the commit too', () => {
    const { database, rows } = counting()
    const seen: number[] = [rows('a')]
    database.transaction((tx) => {
      tx.run('INSERT INTO t VALUES (1)')
      database.afterCommit(() => seen.push(rows('a')))
    })
    expect([...seen, rows('a')]).toEqual([0, 1, 1])
    database.close()
  })

  it('outlives what is written to other tables, and what is written is never missed', () => {
    const database = openDatabase({ path: ':memory:', migrations: [step1, { version: 2, name: 'other', sql: 'CREATE TABLE u (n INTEGER NOT NULL) STRICT' }] })
    let asked = 0
    const rows = untilWritten(database, () => {
      asked++
      return database.read.get(count.row, count.sql)?.n ?? 0
    }, ['t'])
    const after = (sql: string): number => {
      database.transaction((tx) => tx.run(sql))
      return rows('a')
    }
    expect([after('INSERT INTO u VALUES (1)'), after('UPDATE u SET n = 2'), after('DELETE FROM u')]).toEqual([0, 0, 0])
    expect(asked).toBe(1)
    expect([after('INSERT INTO t VALUES (1)'), after('INSERT OR IGNORE INTO t VALUES (2)'), after(' REPLACE  INTO t VALUES (3)'), after('UPDATE t SET n = 4'), after('DELETE FROM t')]).toEqual([1, 2, 3, 3, 0])
    expect(after('WITH x AS (SELECT 7) INSERT INTO t SELECT * FROM x')).toBe(1)
    database.close()
  })

  it('is never one from the middle of a transaction, whether it commits or not', () => {
    const database = openDatabase({ path: ':memory:', migrations: [step1] })
    const rows = untilWritten(database, () => database.read.get(count.row, count.sql)?.n ?? 0)
    const seen: number[] = []
    expect(() => database.transaction((tx) => {
      seen.push(rows('a'))
      tx.run('INSERT INTO t VALUES (1)')
      seen.push(rows('a'))
      throw new Error('no')
    })).toThrow('no')
    expect([...seen, rows('a')]).toEqual([0, 1, 0])
    database.close()
  })
})
