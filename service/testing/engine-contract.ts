import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { Bench, type ContractSetup } from './engine-contract/bench.ts'
import { describeImages } from './engine-contract/images.ts'
import { describeLifecycle } from './engine-contract/lifecycle.ts'
import { describeOwners } from './engine-contract/owners.ts'
import { describePods } from './engine-contract/pods.ts'
import { describeStreams } from './engine-contract/streams.ts'
import { describeUse } from './engine-contract/use.ts'

export { type ContractProgram, type ContractSetup, removeEverything } from './engine-contract/bench.ts'

/** What every `ContainerEngine` promises, whatever is behind it. */
export function describeContainerEngine(name: string, setUp: () => Promise<ContractSetup>): void {
  describe(`${name} as a container engine`, () => {
    const bench = new Bench(setUp)
    beforeAll(() => bench.open())
    afterAll(() => bench.setup.dispose())
    afterEach(() => bench.clear())

    describeLifecycle(bench)
    describeOwners(bench)
    describeImages(bench)
    describePods(bench)
    describeStreams(bench)
    describeUse(bench)
  })
}
