import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const node = { environment: 'node', restoreMocks: true } as const

/**
 * debian: a whole Debian in a folder, from which an engine is installed and removed (`npm run setup:debian`; root, minutes).
 * unit: no engine, no network beyond loopback, seconds; its files share processes and modules, for nothing is mocked by
 * module. engine: a real container engine. network: many whole nodes in one process over real libp2p, which wait more than they
 * work: two files at once. slow: minutes, by
 * `npm run slow` alone. e2e specs of the dashboard run in Playwright.
 */
export default defineConfig({
  test: {
    projects: [
      { test: { ...node, name: 'unit', include: ['{contract,release,service,cli,main,scripts}/**/*.test.ts', 'renderer/**/*.test.{ts,tsx}'], exclude: ['**/*.{engine,network,debian}.test.ts', 'node_modules/**'], testTimeout: 15_000, isolate: false, maxWorkers: Math.max(2, availableParallelism() - 1), css: { include: [/\.css\?raw$/] } } },
      { test: { ...node, name: 'network', include: ['service/**/*.network.test.ts'], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2 } },
      { test: { ...node, name: 'engine', include: ['{service,cli}/**/*.engine.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false } },
      { test: { ...node, name: 'debian', include: ['service/**/*.debian.test.ts'], testTimeout: 120_000, hookTimeout: 900_000, fileParallelism: false } },
      { test: { ...node, name: 'slow', include: ['e2e/**/*.slow.ts'], testTimeout: 600_000, hookTimeout: 600_000, fileParallelism: false } },
      { test: { ...node, name: 'e2e', include: ['e2e/**/*.e2e.ts'], testTimeout: 180_000, hookTimeout: 180_000, fileParallelism: false } },
    ],
  },
})
