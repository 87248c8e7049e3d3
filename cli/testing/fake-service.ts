import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { createFakeApi, type FakeApi } from '../../service/testing/fake-api.ts'
import { startApi } from '../../service/testing/running-api.ts'
import { beginCli, type Outcome, runCli, type TestIoOptions } from './test-io.ts'

/** A service with the fake API behind the real transports, and the command line beside it: new ones for each test of a file. */
export class FakeService {
  api!: Awaited<ReturnType<typeof startApi>>
  fake!: FakeApi

  /** @param compose written as `compose.yaml` where the commands run. */
  constructor({ compose }: { compose?: string } = {}) {
    beforeEach(async () => {
      this.fake = createFakeApi()
      this.api = await startApi({ router: this.fake.router })
      if (compose !== undefined) writeFileSync(join(this.api.dataDir, 'compose.yaml'), compose)
    })
    afterEach(() => this.api.stop())
  }

  world(options: TestIoOptions = {}): TestIoOptions {
    return { cwd: this.api.dataDir, env: { DEPIN_DATA_DIR: this.api.dataDir, TAG: '1.27', SECRET: 's' }, ...options }
  }

  /** @param words of a line, or one by one where they hold spaces. */
  depin(words: string | readonly string[], options?: TestIoOptions): Promise<Outcome> {
    return runCli(split(words), this.world(options))
  }

  begin(words: string | readonly string[], options?: TestIoOptions): ReturnType<typeof beginCli> {
    return beginCli(split(words), this.world(options))
  }
}

function split(words: string | readonly string[]): string[] {
  return typeof words === 'string' ? words.split(' ') : [...words]
}
