PIXXEL_MOCK_ADMIN_TOKEN=secret npx pixxel-mock --port 4010 --fixtures fixtures --admin
