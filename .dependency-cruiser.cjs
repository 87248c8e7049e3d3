/**
 * Imports go down only (docs/ARCHITECTURE.md). Each part of the service may import the parts on the levels below its
 * own, and of them only `types.ts` and `index.ts`; only `node.ts` builds implementations, which oxlint.config.ts sees to.
 * scripts/layers.test.ts breaks each rule once.
 */
const levels = [
  ['base'],
  ['database', 'identity'],
  ['activity'],
  ['network', 'engine'],
  ['engine-setup', 'updates'],
  ['capacity'],
  ['images'],
  ['market', 'metering'],
  ['ledger', 'abuse'],
  ['workloads', 'deployments', 'ingress', 'watchdog'],
  ['health', 'onboarding'],
  ['api'],
]

/** The sentences of the interface, and what puts them together. */
const words = '(i18n/(language|messages|reasons)\\.ts|i18n/[a-z-]+\\.json|format/[a-z]+\\.ts|sharing/(hero|pauses)\\.ts)'

const upward = levels.map((parts, level) => ({
  name: `imports-go-down-${parts.join('-')}`,
  comment: `${parts.join(', ')} may import only lower parts.`,
  severity: 'error',
  from: { path: `^service/(${parts.join('|')})/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^service/',
    pathNot: [
      ...levels.slice(0, level).flat().map((part) => `^service/${part}/`),
      // a part may import itself
      '^service/$1/',
    ],
  },
}))

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...upward,
    {
      name: 'every-part-has-a-level',
      comment: 'A new part of the service takes its place in the list above.',
      severity: 'error',
      from: { path: '^service/[^/]+/', pathNot: `^service/(${[...levels.flat(), 'testing'].join('|')})/` },
      to: {},
    },
    {
      name: 'parts-through-their-door',
      comment: 'Of another part only types.ts and index.ts.',
      severity: 'error',
      from: { path: '^service/([^/]+)/', pathNot: ['\\.test\\.ts$', '^service/testing/'] },
      to: { path: '^service/[^/]+/.+', pathNot: ['^service/$1/', '^service/[^/]+/(types|index)\\.ts$'] },
    },
    {
      name: 'the-root-through-doors',
      comment: 'node.ts and its neighbours build parts by what their index.ts offers.',
      severity: 'error',
      from: { path: '^service/[^/]+\\.ts$', pathNot: '\\.test\\.ts$' },
      to: { path: '^service/[^/]+/.+', pathNot: '^service/[^/]+/(types|index)\\.ts$' },
    },
    {
      name: 'only-node-builds',
      comment: 'Beside the parts there are only the files that put them together.',
      severity: 'error',
      from: { path: '^service/[^/]+\\.ts$', pathNot: '^service/(node|entry|offline|watchdog)\\.ts$|\\.test\\.ts$' },
      to: { path: '^service/[^/]+/' },
    },
    {
      name: 'contract-is-alone',
      comment: 'The contract imports zod and the RPC contract library only.',
      severity: 'error',
      from: { path: '^contract/', pathNot: '\\.test\\.ts$' },
      to: { pathNot: ['^contract/', '^node_modules/zod/', '^node_modules/@orpc/contract/'] },
    },
    {
      name: 'release-is-a-leaf',
      comment: 'What is trusted as a release is decided in one small place, which knows the contract only.',
      severity: 'error',
      from: { path: '^release/', pathNot: ['\\.test\\.ts$', '^release/testing/'] },
      to: { pathNot: ['^contract/', '^release/', '^node_modules/(zod|semver|@types/semver)/'], dependencyTypesNot: ['core'] },
    },
    {
      name: 'release-is-for-who-installs',
      comment: 'The service and main install updates; clients only hear of them.',
      severity: 'error',
      from: { path: '^(cli|renderer|preload)/' },
      to: { path: '^release/' },
    },
    {
      name: 'clients-import-the-contract-only',
      comment: 'cli, renderer and preload know the service by its contract.',
      severity: 'error',
      from: { path: '^(cli|renderer|preload)/', pathNot: ['\\.test\\.tsx?$', '^cli/testing/'] },
      to: { path: '^(service|cli|renderer|main|preload|e2e|bench|scripts)/', pathNot: '^$1/' },
    },
    {
      name: 'main-knows-the-contract-and-the-words',
      comment: 'main knows the service by its contract; the tray and the notifications say what the window says, in its words.',
      severity: 'error',
      from: { path: '^main/', pathNot: '\\.test\\.ts$' },
      to: { path: '^(service|cli|renderer|preload|e2e|bench|scripts)/', pathNot: `^renderer/${words}$` },
    },
    {
      name: 'words-need-no-page',
      comment: 'What main shares with the window: sentences, formats, the sharing state in words. Nothing of React.',
      severity: 'error',
      from: { path: `^renderer/${words}$` },
      to: { pathNot: ['^contract/', `^renderer/${words}$`] },
    },
    {
      name: 'renderer-is-a-web-page',
      comment: 'No Node in the renderer.',
      severity: 'error',
      from: { path: '^renderer/', pathNot: '\\.test\\.tsx?$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'electron-is-for-main',
      comment: 'The window and the service know nothing of Electron.',
      severity: 'error',
      from: { pathNot: '^(main|preload|e2e)/' },
      to: { path: ['^node_modules/electron/', '^electron$'] },
    },
    {
      name: 'service-is-headless',
      comment: 'The service knows nothing of who uses it.',
      severity: 'error',
      from: { path: '^service/' },
      to: { path: '^(cli|renderer|main|preload|e2e|bench|scripts)/' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'nothing-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true },
    },
    {
      name: 'no-test-code-in-the-product', severity: 'error',
      from: { path: '^(service|cli|renderer|contract|release|main|preload)/', pathNot: ['\\.test\\.tsx?$', '^(service|release|main|cli)/testing/'] },
      to: { path: ['^(service|release|main|cli)/testing/', '\\.test\\.tsx?$', '^node_modules/(vitest|fast-check)/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types'] },
    exclude: { path: '(^dist/|\\.d\\.ts$)' },
  },
}
