import js from "@eslint/js";
import globals from "globals";

const noMarkup = [
  "innerHTML",
  "outerHTML",
  "insertAdjacentHTML",
  "srcdoc",
  "createContextualFragment",
  "setHTMLUnsafe",
];

export default [
  { ignores: ["node_modules/**"] },
  js.configs.recommended,
  {
    languageOptions: {
      ecmaVersion: 2025,
      sourceType: "module",
      globals: { ...globals.browser, ...globals.webextensions },
    },
    rules: {
      eqeqeq: "error",
      "no-console": "error",
      "no-eval": "error",
      "no-implied-eval": "error",
      "no-new-func": "error",
      "no-var": "error",
      "prefer-const": "error",
      "max-lines": ["error", 300],
      "no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      // Text from a page, a list or the daemon must never become elements in a privileged page.
      "no-restricted-properties": [
        "error",
        ...noMarkup.map((property) => ({ property })),
        { object: "document", property: "write" },
      ],
    },
  },
  { files: ["content/**/*.js", "thunderbird/message.js"], languageOptions: { sourceType: "script" } },
  { files: ["**/*.mjs"], languageOptions: { globals: globals.node }, rules: { "no-console": "off" } },
];
