import angular from 'angular-eslint';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const APP = 'frontend/src/app';

/** Layers import downwards: pages → components → services → api. Imports between them are relative. */
function layer(folder, above) {
  const message = `${folder} must not import this: pages → components → services → api.`;
  return {
    files: [`${APP}/${folder}/**/*.ts`],
    ignores: ['**/*.spec.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: above, message }] }],
    },
  };
}

export default defineConfig(
  { ignores: ['frontend/dist/', 'frontend/.angular/', 'frontend/src/app/api/schema.ts'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strict, tseslint.configs.stylistic],
    rules: {
      '@typescript-eslint/explicit-function-return-type': ['error', { allowExpressions: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      // `{ left, ...rest }` is how a field is left out.
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      'no-console': 'error',
    },
  },
  {
    files: ['frontend/src/**/*.ts'],
    extends: [angular.configs.tsRecommended],
    processor: angular.processInlineTemplates,
    rules: {
      '@angular-eslint/component-selector': [
        'error',
        { type: ['element', 'attribute'], prefix: 'app', style: 'kebab-case' },
      ],
      '@angular-eslint/prefer-on-push-component-change-detection': 'error',
      // Dependency injection needs the class itself at run time, which a type import erases.
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true }],
      '@typescript-eslint/no-non-null-assertion': 'error',
    },
  },
  layer('api', String.raw`^\.\./`),
  layer('services', String.raw`/(components|pages|testing)/`),
  layer('components', String.raw`/(pages|testing)/`),
  layer(
    'components/ui',
    String.raw`/(agents|conversations|customers|layout|tickets|pages|testing)/`,
  ),
  layer('pages', '/testing/'),
  {
    files: ['frontend/**/*.html'],
    extends: [angular.configs.templateRecommended, angular.configs.templateAccessibility],
  },
);
