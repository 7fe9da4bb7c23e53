"""Users and what social-auth-core keeps of them, in memory."""
from social_core.storage import BaseStorage, NonceMixin, UserMixin


class User:
    is_active = is_authenticated = True
    all = {}

    def __init__(self, email, fullname=None):
        self.id, self.email, self.fullname = len(User.all) + 1, email, fullname
        User.all[self.id] = self


class Social(UserMixin):
    all = {}

    def __init__(self, user, uid, provider, id_key):
        self.user, self.uid, self.provider, self.id_key, self.extra_data = user, uid, provider, id_key, {}
        user.social = Social.all[provider, uid, id_key] = self

    def save(self):
        pass

    @classmethod
    def user_model(cls):
        return User

    @classmethod
    def create_user(cls, **fields):
        return User(**fields)

    @classmethod
    def get_social_auth(cls, provider, uid, id_key=''):
        return cls.all.get((provider, uid, id_key))

    @classmethod
    def create_social_auth(cls, user, uid, provider, id_key=''):
        return cls(user, uid, provider, id_key)


class Nonce(NonceMixin):
    all = set()

    @classmethod
    def use(cls, server_url, timestamp, salt):
        fresh = (server_url, timestamp, salt) not in cls.all
        cls.all.add((server_url, timestamp, salt))
        return fresh

    @classmethod
    def consume(cls, server_url, timestamp, salt):
        there = (server_url, timestamp, salt) in cls.all
        cls.all.discard((server_url, timestamp, salt))
        return there


class Storage(BaseStorage):
    user, nonce = Social, Nonce

    @classmethod
    def is_integrity_error(cls, exception):
        return False
