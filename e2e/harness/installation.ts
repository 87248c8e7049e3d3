/** Releases of the built program, and a server that has one of them installed: versions side by side, and a link. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { manifestName, sha512Of, signStatement, type Statement } from '../../release/index.ts'
import { startFeed, type TestFeed } from '../../release/testing/feed.ts'
import { newKey } from '../../release/testing/release.ts'
import { packTarball } from '../../scripts/release/tarball.ts'
import { root } from '../../scripts/setup/root.mjs'

const dist = join(root, 'dist')
const own = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version
const platform = `${process.platform}-${process.arch}`
const dayMs = 86_400_000

/** How a version differs from the one that was built. */
export interface Difference {
  /** Changes the schema of the database. */
  migrates?: boolean
  /** Its service ends again, so long after its start, ms. */
  endsAfterMs?: number
}

export class Installation {
  readonly feed: TestFeed
  readonly #folder: string
  readonly #key = newKey()

  private constructor(folder: string, feed: TestFeed) {
    this.#folder = folder
    this.feed = feed
  }

  /** @param folder an empty one. */
  static async create(folder: string, version: string): Promise<Installation> {
    const installation = new Installation(folder, await startFeed())
    mkdirSync(join(folder, 'opt/versions'), { recursive: true })
    execFileSync('tar', ['-x', '-z', '-f', installation.#pack(version, {}), '-C', join(folder, 'opt/versions')])
    symlinkSync(`versions/${version}`, join(folder, 'opt/current'))
    return installation
  }

  get program(): string {
    return join(this.#folder, 'opt/current/bin/depin')
  }

  async release(version: string, difference: Difference = {}): Promise<void> {
    const path = this.#pack(version, difference)
    const content = readFileSync(path)
    const statement: Statement = {
      version, platform, package: 'tarball', channel: 'latest', file: `depin-${version}.tar.gz`, sha512: await sha512Of(path), bytes: content.length,
      rolloutPercent: 100, signedAtMs: Date.now(), expiresAtMs: Date.now() + dayMs,
    }
    this.feed.put(statement.file, content)
    this.feed.put(manifestName(statement), JSON.stringify(signStatement(statement, [this.#key.privateKey])))
  }

  dispose(): void {
    this.feed.close()
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #pack(version: string, { migrates, endsAfterMs }: Difference): string {
    const copy = join(this.#folder, `dist-${version}`)
    cpSync(dist, copy, { recursive: true })
    writeFileSync(join(copy, 'release.json'), JSON.stringify({ feed: this.feed.url, keys: [this.#key.base64] }))
    edit(join(copy, 'cli/depin.mjs'), `var ownVersion = "${own}"`, `var ownVersion = "${version}"`)
    const service = join(copy, 'service/entry.mjs')
    edit(service, `version: "${own}",`, `version: "${version}",`)
    if (migrates === true) edit(service, /var migrations = \[(.*)\];/, 'var migrations = [$1, { version: 9999, name: "later", sql: "CREATE TABLE later (x TEXT) STRICT" }];')
    if (endsAfterMs !== undefined) edit(service, /(\w+\.onReady\(readyEvent)/, `setTimeout(() => process.exit(7), ${endsAfterMs}); $1`)
    return packTarball({ dist: copy, folder: this.#folder, version })
  }
}

function edit(path: string, what: string | RegExp, by: string): void {
  const text = readFileSync(path, 'utf8')
  const changed = text.replace(what, by)
  if (changed === text) throw new Error(`${path} has no ${what}`)
  writeFileSync(path, changed)
}
