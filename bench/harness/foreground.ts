/** A job as an owner might have one: it computes, and wants all of the machine. */
import { availableParallelism } from 'node:os'
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

const job = `
const { parentPort, workerData } = require('node:worker_threads')
const endMs = performance.now() + workerData
let done = 0
let x = 1
while (performance.now() < endMs) {
  for (let at = 0; at < 100_000; at++) x = (x * 1103515245 + 12345) & 0x7fffffff
  done++
}
parentPort.postMessage([done, x])
`

/** Rounds of the job a second, on all cores at once. */
export async function countOnAllCores(forMs: number): Promise<number> {
  const counts = await Promise.all(Array.from({ length: availableParallelism() }, async () => {
    const worker = new Worker(job, { eval: true, workerData: forMs })
    const [answer] = await once(worker, 'message') as [[number, number]]
    await worker.terminate()
    return answer[0]
  }))
  return 1000 * counts.reduce((sum, count) => sum + count, 0) / forMs
}
