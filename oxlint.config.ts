import { defineConfig, type OxlintConfig } from 'oxlint'

/** Time, randomness and timers come from `service/base`, so that tests can hold them still. */
const injectedOnly: OxlintConfig['rules'] = {
  'no-restricted-properties': ['error',
    { object: 'Date', property: 'now', message: 'Take a Clock.' },
    { object: 'Math', property: 'random', message: 'Take an Rng.' },
    { object: 'performance', property: 'now', message: 'Take a Clock.' },
  ],
  'no-restricted-globals': ['error',
    { name: 'setTimeout', message: 'Take a Clock.' },
    { name: 'setInterval', message: 'Take a Clock.' },
  ],
}

const byName = { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }
const clockOnly = [
  { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take a Clock.' },
  { selector: 'CallExpression[callee.property.name="timeout"][callee.object.name="AbortSignal"]', message: 'Take a Clock.' },
]
const physicalClasses = 'Literal[value=/(^|\\s|:)-?(ml|mr|pl|pr|left|right)-|(^|\\s|:)text-(left|right)\\b/]'
const forTheReader = [
  { selector: 'JSXText[value=/[A-Za-z]{2}/]', message: 'Text goes through the message catalogue.' },
  { selector: physicalClasses, message: 'Use logical utilities: ms-, pe-, start-, text-start.' },
]

/** A part is built in service/node.ts and given to those above it. `base` is a toolbox, not a part. */
const anotherPart = '[source.value=/^(\\.\\.\\/)+(?!base\\/)[a-z-]+\\/index\\.ts$/]'
const builder = '/^(create|open)[A-Z]/'
const partsAreGiven = [
  `ImportDeclaration${anotherPart} > ImportSpecifier[imported.name=${builder}]`,
  `ImportDeclaration${anotherPart} > ImportNamespaceSpecifier`,
  `ExportNamedDeclaration${anotherPart} > ExportSpecifier[local.name=${builder}]`,
  `ExportAllDeclaration${anotherPart}`,
].map((selector) => ({ selector, message: 'Only service/node.ts builds parts: take what you need as a parameter.' }))

const errors = (...names: string[]): Record<string, 'error'> => Object.fromEntries(names.map((name) => [name, 'error' as const]))
const ofTypes = (...names: string[]): Record<string, 'error'> => errors(...names.map((name) => `typescript/${name}`))

const untyped = Object.fromEntries([
  'no-confusing-void-expression', 'no-meaningless-void-operator', 'no-require-imports', 'no-unnecessary-condition', 'no-unsafe-argument', 'no-unsafe-assignment', 'no-unsafe-call', 'no-unsafe-member-access',
  'no-unsafe-return', 'prefer-nullish-coalescing', 'require-await', 'restrict-plus-operands', 'unbound-method',
].map((name) => [`typescript/${name}`, 'off' as const]))

export default defineConfig({
  plugins: ['typescript', 'react', 'oxc'],
  jsPlugins: ['./scripts/checks/restricted-syntax.ts'],
  categories: { correctness: 'error' },
  ignorePatterns: ['dist/', 'coverage/', 'test-results/', 'playwright-report/'],
  options: { typeAware: true, reportUnusedDisableDirectives: 'error' },
  rules: {
    ...errors(
      'no-array-constructor', 'no-case-declarations', 'no-console', 'no-empty', 'no-empty-function', 'no-fallthrough', 'no-prototype-builtins', 'no-regex-spaces', 'no-unexpected-multiline',
      'no-useless-assignment', 'no-useless-constructor', 'no-var', 'prefer-const', 'prefer-rest-params', 'prefer-spread', 'preserve-caught-error',
    ),
    ...ofTypes(
      'adjacent-overload-signatures', 'array-type', 'ban-tslint-comment', 'class-literal-property-style', 'consistent-generic-constructors', 'consistent-indexed-object-style',
      'consistent-type-assertions', 'dot-notation', 'no-confusing-non-null-assertion', 'no-deprecated', 'no-dynamic-delete', 'no-empty-object-type', 'no-explicit-any', 'no-extraneous-class',
      'no-generated-empty-object-type', 'no-inferrable-types', 'no-invalid-void-type', 'no-misused-promises', 'no-mixed-enums', 'no-namespace', 'no-non-null-asserted-nullish-coalescing',
      'no-non-null-assertion', 'no-require-imports', 'no-unnecessary-boolean-literal-compare', 'no-unnecessary-condition', 'no-unnecessary-template-expression', 'no-unnecessary-type-arguments',
      'no-unnecessary-type-assertion', 'no-unnecessary-type-constraint', 'no-unnecessary-type-conversion', 'no-unnecessary-type-parameters', 'no-unsafe-argument', 'no-unsafe-assignment',
      'no-unsafe-call', 'no-unsafe-enum-assignment', 'no-unsafe-enum-comparison', 'no-unsafe-function-type', 'no-unsafe-member-access', 'no-unsafe-return', 'non-nullable-type-assertion-style',
      'only-throw-error', 'prefer-find', 'prefer-for-of', 'prefer-function-type', 'prefer-includes', 'prefer-literal-enum-member', 'prefer-nullish-coalescing', 'prefer-optional-chain',
      'prefer-promise-reject-errors', 'prefer-reduce-type-parameter', 'prefer-regexp-exec', 'prefer-return-this-type', 'prefer-string-starts-ends-with', 'related-getter-setter-pairs', 'require-await',
      'unified-signatures', 'use-unknown-in-catch-callback-variable',
    ),
    // an error boundary is told that way that it is to try again; names are sorted as the engine sorts text
    'react/no-did-update-set-state': 'off',
    'typescript/require-array-sort-compare': 'off',
    'eqeqeq': ['error', 'always', { null: 'ignore' }],
    'max-lines': ['error', 300],
    'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    'no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
    'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
    'typescript/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
    'typescript/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
    'typescript/restrict-plus-operands': ['error', { allowAny: false, allowBoolean: false, allowNullish: false, allowNumberAndString: false, allowRegExp: false }],
    'typescript/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    'house/restricted-syntax': ['error', byName],
  },
  overrides: [
    { files: ['service/**/*.ts', 'main/**/*.ts'], rules: { ...injectedOnly, 'house/restricted-syntax': ['error', byName, ...clockOnly] } },
    { files: ['service/*/**/*.ts'], rules: { 'house/restricted-syntax': ['error', byName, ...clockOnly, ...partsAreGiven] } },
    // who gives time and chance to the others, and who tests them
    { files: ['service/base/clock.ts', 'service/base/rng.ts', 'main/base/clock.ts', 'service/testing/**', '{service,main}/**/*.test.ts'], rules: {
      'no-restricted-properties': 'off', 'no-restricted-globals': 'off', 'house/restricted-syntax': ['error', byName],
    } },
    { files: ['renderer/**/*.{ts,tsx}'], rules: { ...errors('react/rules-of-hooks', 'react/exhaustive-deps'), 'house/restricted-syntax': ['error', byName, ...forTheReader] } },
    // Playwright reads from the pattern which fixtures a fixture needs: none is a pattern too.
    { files: ['e2e/**/*.ts'], rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] } },
    { files: ['cli/**/*.ts', 'scripts/**', 'bench/**', 'e2e/electron-{double,contract}/**'], rules: { 'no-console': 'off' } },
    // It has what Electron has, old and new.
    { files: ['e2e/electron-double/**/*.ts'], rules: { 'typescript/no-deprecated': 'off' } },
    { files: ['**/*.test.ts', '**/*.test.tsx', '**/*.spec.ts', 'e2e/**/*.ts', 'service/testing/**/*.ts'], rules: { 'max-lines-per-function': 'off', 'typescript/no-non-null-assertion': 'off' } },
    { files: ['**/*.config.ts', 'scripts/**/*.ts'], rules: { 'house/restricted-syntax': 'off' } },
    // nothing in them has a type
    { files: ['**/*.{js,mjs,cjs}'], env: { node: true }, rules: { ...untyped, ...errors('no-redeclare', 'no-undef') } },
  ],
})
