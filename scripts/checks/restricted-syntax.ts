/** A plugin of the linter for shapes of code that are not written here: esquery selectors, each with what to do instead. */

interface Restriction { selector: string, message: string }

/** As far as it is used here: https://oxc.rs/docs/guide/usage/linter/js-plugins. */
interface Context {
  options: readonly Restriction[]
  report(finding: { node: unknown, message: string }): void
}

export default {
  meta: { name: 'house' },
  rules: {
    'restricted-syntax': {
      meta: { schema: false },
      create: (context: Context) => Object.fromEntries(context.options.map(({ selector, message }) => [selector, (node: unknown) => context.report({ node, message })])),
    },
  },
}
