"""Invented people: names, documents, phones and addresses that belong to nobody.

Phones carry the area code 20, which Brazil doesn't use; postal codes begin with 00, which no place has; mail goes to
example.com (RFC 2606). Documents are right by their check digits and otherwise made up.
"""

import re
from random import Random

from domain.kit.documents import cnpj_check_digits, cpf_check_digits
from domain.kit.fold import fold

GIRLS = (
    "Ana Beatriz, Antônia, Aurora, Bárbara, Beatriz, Bianca, Camila, Carolina, Cecília, Clara, Débora, Eloá, Elisângela, Esther, "
    "Fabíola, Fernanda, Flávia, Gabriela, Giovana, Helena, Heloísa, Iara, Inês, Isabela, Ísis, Joana, Júlia, Jussara, Laís, Lara, "
    "Larissa, Letícia, Lívia, Lorena, Luísa, Luna, Maitê, Manuela, Marcela, Maria Clara, Mariana, Marília, Mônica, Natália, Nicole, "
    "Olívia, Pietra, Rafaela, Raíssa, Rebeca, Sabrina, Sofia, Tainá, Tatiana, Valentina, Verônica, Vitória, Yasmin, Zélia"
).split(", ")
BOYS = (
    "Alexandre, André, Antônio, Arthur, Augusto, Benício, Benjamim, Bernardo, Bruno, Caetano, Caio, César, Daniel, Davi, Diogo, "
    "Eduardo, Emanuel, Enzo, Érico, Fábio, Felipe, Flávio, Francisco, Gael, Gustavo, Heitor, Henrique, Ícaro, Igor, Inácio, João, "
    "João Pedro, Joaquim, Jorge, José, Júlio, Leonardo, Lorenzo, Lucas, Luís, Marcelo, Márcio, Mateus, Miguel, Murilo, Nícolas, "
    "Otávio, Paulo, Pedro, Rafael, Raul, Renan, Rogério, Samuel, Sérgio, Tomás, Ubirajara, Vicente, Vinícius, Yuri"
).split(", ")
SURNAMES = (
    "Abrantes, Albuquerque, Almeida, Amarílis, Andrade, Araçá, Araújo, Assunção, Ávila, Azevedo, Barbosa, Barreto, Batista, Brandão, "
    "Brito, Cabral, Camargo, Campos, Cardoso, Carvalho, Castanheira, Cerqueira, Conceição, Corrêa, Couto, Damasceno, D'Ávila, Dias, "
    "Estrela, Falcão, Farias, Ferrão, Figueirêdo, Fonseca, Freitas, Galvão, Gonçalves, Guimarães, Ipê, Jacarandá, Junqueira, Leão, "
    "Leitão, Lourenço, Macedo, Magalhães, Maranhão, Meireles, Mendonça, Moraes, Muniz, Nóbrega, Nogueira, Oliveira, Paixão, Pinhão, "
    "Queirós, Ramalho, Rezende, Romão, Salomão, Sampaio, Seixas, Siqueira, Sobrinho, Taquara, Teixeira, Trindade, Uchôa, Valadão, "
    "Vasconcelos, Vilaça, Xavier, Zagalo"
).split(", ")
STREETS = (
    "Rua das Três-Marias, Rua do Cruzeiro do Sul, Avenida Via-Láctea, Rua da Órbita, Travessa do Cometa, Rua Aurora Boreal, "
    "Alameda dos Ipês-Amarelos, Rua do Equinócio, Avenida Constelação, Rua São João do Zodíaco, Praça da Lua Cheia, Rua do Solstício"
).split(", ")
QUARTERS = "Vila Estelar, Jardim Órion, Alto da Lua, Parque Andrômeda, Cidade-Jardim, Centro".split(", ")
CITIES = "Constela do Sul, Nova Aurora, São Firmino das Estrelas".split(", ")
COMPLEMENTS = ("Apto. 12", "Apto. 31", "Bloco B, apto. 204", "Casa 2", "Fundos", None, None, None)
PARTICLES = ("da ", "de ", "dos ", "", "", "", "", "", "")
CPF_STEP, CPF_START, CPF_RANGE = 7_919_033, 210_345_678, 899_999_999


class Names:
    """Hands out names and documents, each document and address of mail once."""

    def __init__(self, random: Random, domain: str) -> None:
        self._random = random
        self._domain = domain
        self._mailboxes: dict[str, int] = {}
        self._documents = random.randrange(CPF_RANGE)
        self._phones = 0

    def first(self, *, female: bool) -> str:
        """A first name."""
        return self._random.choice(GIRLS if female else BOYS)

    def surname(self) -> str:
        """A family's name, of one or two parts."""
        last = self._random.choice(PARTICLES) + self._random.choice(SURNAMES)
        return f"{self._random.choice(SURNAMES)} {last}" if self._random.random() < 0.45 else last

    def mail(self, first: str, last: str) -> str:
        """An address for the person: `joao.avila@…`, with a number where the name was taken."""
        parts = re.sub(r"[^a-z ]", "", fold(f"{first} {last}")).split()
        box = f"{parts[0]}.{parts[-1]}"
        count = self._mailboxes[box] = self._mailboxes.get(box, 0) + 1
        return f"{box}{count if count > 1 else ''}@{self._domain}"

    def office(self, box: str) -> str:
        """An address for an office: `coordenacao@…`."""
        self._mailboxes[box] = 1
        return f"{box}@{self._domain}"

    def phone(self) -> str:
        """A mobile number that can't exist."""
        self._phones += 1
        return f"+55209{(self._phones * 7_654_321 + 12_345_678) % 100_000_000:08d}"

    def cpf(self) -> str:
        """A CPF, given once."""
        self._documents = (self._documents + CPF_STEP) % CPF_RANGE
        first = f"{100_000_000 + (self._documents + CPF_START) % CPF_RANGE:09d}"
        return first + cpf_check_digits(first) if len(set(first)) > 1 else self.cpf()

    def cnpj(self) -> str:
        """A CNPJ of a head office."""
        first = f"{self._random.randrange(10_000_000, 99_999_999)}0001"
        return first + cnpj_check_digits(first)


def address(random: Random) -> dict[str, str | None]:
    """Where nobody lives."""
    return {
        "street": random.choice(STREETS),
        "number": str(random.randrange(2, 1990)),
        "complement": random.choice(COMPLEMENTS),
        "neighborhood": random.choice(QUARTERS),
        "city": random.choice(CITIES),
        "state": "SP",
        "zip_code": f"00{random.randrange(100, 999)}-{random.randrange(10, 999):03d}",
    }
