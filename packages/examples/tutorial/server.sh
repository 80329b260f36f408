PIXXEL_MOCK_ADMIN_TOKEN=secret npx @effect-pixxel/mock-server --port 4010 --fixtures fixtures --admin
