// An OpenID Connect provider on loopback: node provider.mjs PORT REDIRECT_URI ACCOUNTS_JSON
import { Provider } from 'oidc-provider';

const [port, redirect, accounts] = process.argv.slice(2);
const people = JSON.parse(accounts);
const issuer = `http://127.0.0.1:${port}`;
const provider = new Provider(issuer, {
  clients: [{
    client_id: 'zhongtai',
    client_secret: 'a-secret-of-the-tests',
    redirect_uris: [redirect],
    post_logout_redirect_uris: [redirect.replace('/login/oidc/back', '/login')],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  claims: {
    openid: ['sub'],
    profile: ['name', 'preferred_username', 'staff_no', 'department', 'posts', 'job'],
  },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: ['tests-only'] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, sub) => ({
    accountId: sub,
    claims: () => ({ sub, ...people[sub] }),
  }),
});
provider.listen(Number(port), '127.0.0.1', () => console.log('ready'));
