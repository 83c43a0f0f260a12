from tests.cloud.data.conftest import database_url as database_url
