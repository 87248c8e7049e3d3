import js from '@eslint/js'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import tseslint from 'typescript-eslint'

/** Time, randomness and timers come from `service/base`, so that tests can hold them still. */
const injectedOnly = {
  'no-restricted-properties': ['error',
    { object: 'Date', property: 'now', message: 'Take a Clock.' },
    { object: 'Math', property: 'random', message: 'Take an Rng.' },
    { object: 'performance', property: 'now', message: 'Take a Clock.' },
  ],
  'no-restricted-globals': ['error',
    { name: 'setTimeout', message: 'Take a Clock.' },
    { name: 'setInterval', message: 'Take a Clock.' },
  ],
  'no-restricted-syntax': ['error',
    { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'Take a Clock.' },
    { selector: 'CallExpression[callee.property.name="timeout"][callee.object.name="AbortSignal"]', message: 'Take a Clock.' },
    { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
  ],
}

/** A part is built in service/node.ts and given to those above it. `base` is a toolbox, not a part. */
const partsAreGiven = {
  '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{
    regex: '^(\\.\\./)+(?!base/)[a-z-]+/index\\.ts$',
    importNamePattern: '^(create|open)[A-Z]',
    message: 'Only service/node.ts builds parts: take what you need as a parameter.',
  }] }],
}

const physicalClasses = 'Literal[value=/(^|\\s|:)-?(ml|mr|pl|pr|left|right)-|(^|\\s|:)text-(left|right)\\b/]'

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.cache/', 'coverage/', 'test-results/', 'playwright-report/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true, ignoreVoidOperator: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' }],
      '@typescript-eslint/only-throw-error': 'error',
      'no-console': 'error',
      'no-restricted-syntax': ['error', { selector: 'ExportDefaultDeclaration', message: 'Export by name.' }],
      'max-lines': ['error', 300],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  { files: ['service/**/*.ts', 'main/**/*.ts'], ignores: ['service/base/clock.ts', 'service/base/rng.ts', 'main/base/clock.ts', 'service/testing/**', '**/*.test.ts'], rules: injectedOnly },
  { files: ['service/*/**/*.ts'], ignores: ['service/testing/**', '**/*.test.ts'], rules: partsAreGiven },
  { files: ['renderer/**/*.{ts,tsx}'], plugins: { 'react-hooks': reactHooks }, rules: {
    ...reactHooks.configs.recommended.rules,
    'no-restricted-syntax': ['error',
      { selector: 'ExportDefaultDeclaration', message: 'Export by name.' },
      { selector: 'JSXText[value=/[A-Za-z]{2}/]', message: 'Text goes through the message catalogue.' },
      { selector: physicalClasses, message: 'Use logical utilities: ms-, pe-, start-, text-start.' },
    ],
  } },
  // Playwright reads from the pattern which fixtures a fixture needs: none is a pattern too.
  { files: ['e2e/**/*.ts'], rules: { 'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }] } },
  { files: ['cli/**/*.ts', 'scripts/**', 'bench/**', 'e2e/electron-{double,contract}/**'], rules: { 'no-console': 'off' } },
  // It has what Electron has, old and new.
  { files: ['e2e/electron-double/**/*.ts'], rules: { '@typescript-eslint/no-deprecated': 'off' } },
  { files: ['**/*.test.ts', '**/*.test.tsx', '**/*.spec.ts', 'e2e/**/*.ts', 'service/testing/**/*.ts'], rules: {
    'max-lines-per-function': 'off',
    '@typescript-eslint/no-non-null-assertion': 'off',
  } },
  { files: ['**/*.config.ts', 'scripts/**/*.ts'], rules: { 'no-restricted-syntax': 'off' } },
  { files: ['**/*.js', '**/*.mjs', '**/*.cjs'], languageOptions: { globals: globals.node } },
)
