PIXXEL_MOCK_ADMIN_TOKEN=secret npx @effect-pixxel/mock-server --admin --port 4010 &
